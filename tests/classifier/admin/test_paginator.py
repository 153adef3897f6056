"""Tables of the admin end after some thousand rows, and say so."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from classifier.admin.paginator import TablePaginator
from tests.classifier.reviewing import signed_in
from tests.rows import pending_photos

pytestmark = pytest.mark.django_db

PHOTOS = "admin:classifier_listingphoto_changelist"


def test_a_long_table_says_that_it_is_cut_and_counts_no_further(
    admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 130 photos 120 may be turned over: three pages of 50, and a sentence what to do."""
    monkeypatch.setattr(TablePaginator, "MOST", 120)
    pending_photos(130)
    client = signed_in(admin_user)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse(PHOTOS)).content.decode()
    assert "The first 120; filter or search to see others" in page
    assert "?p=3" in page
    assert "?p=4" not in page
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    assert counts
    assert all("LIMIT 120" in sql for sql in counts)
    last = client.get(reverse(PHOTOS), {"p": 3}).content.decode()
    assert last.count('name="_selected_action"') == 20


def test_a_short_table_says_how_long_it_is(admin_user: User) -> None:
    """Whoever has a few photos sees how many."""
    pending_photos(3)
    page = signed_in(admin_user).get(reverse(PHOTOS)).content.decode()
    assert "The first" not in page
    assert "3\n" in page.replace("  ", "")
