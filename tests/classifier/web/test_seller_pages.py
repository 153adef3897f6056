"""The seller's pages, as they are without JavaScript."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Listing, ModelVersion
from tests.classifier.listings import fail, only_photo, tag, upload, uploaded_listing
from tests.scores import some_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, seller: User) -> Client:
    """A browser in which the seller is signed in."""
    client.force_login(seller)
    return client


def text(page: Client, path: str) -> str:
    """Return what the page says, in one line."""
    answer = page.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("path", ["/", "/listings/", "/listings/1/", "/listings/1/tags/"])
def test_strangers_are_sent_to_sign_in(client: Client, path: str) -> None:
    """Every page asks who is there, and comes back afterwards."""
    assert client.get(path)["Location"] == f"/login/?next={path}"


def test_signing_in_and_out(client: Client, seller: User) -> None:
    """The right password opens the pages, a wrong one is told so, signing out closes them."""
    wrong = client.post("/login/", {"username": "seller", "password": "wrong"})
    assert "do not match" in wrong.content.decode()

    client.post("/login/", {"username": "seller", "password": "one that no list has"})
    assert client.get("/").status_code == 200
    client.post("/logout/")
    assert client.get("/").status_code == 302


def test_the_plain_form_makes_a_listing(page: Client) -> None:
    """Without JavaScript the form leads to a page that reloads itself while photos are pending."""
    answer = page.post("/", {"title": "Tote", "photos": [upload(), upload()]})

    listing = Listing.objects.get()
    assert answer["Location"] == f"/listings/{listing.pk}/"
    assert listing.photos.count() == 2
    assert '<noscript><meta http-equiv="refresh"' in text(page, answer["Location"])


def test_a_bad_file_beside_a_good_one_is_named_on_the_listing(page: Client) -> None:
    """The good photo makes a listing, whose page says once what was not taken."""
    answer = page.post("/", {"photos": [upload("notes.txt", b"hello"), upload()]})
    assert Listing.objects.get().photos.count() == 1
    assert "notes.txt: This file is not a photo" in text(page, answer["Location"])
    assert "Not taken" not in text(page, answer["Location"])


def test_a_bad_file_is_refused_in_words(page: Client) -> None:
    """The page comes back with the sentence, and nothing is kept."""
    answer = page.post("/", {"photos": [upload("notes.txt", b"hello")]})

    assert answer.status_code == 400
    assert "notes.txt: This file is not a photo that we can read." in answer.content.decode()
    assert not Listing.objects.exists()


def test_a_title_that_is_too_long_is_refused(page: Client) -> None:
    """A title beyond the field's length gets a sentence, not a database error."""
    assert page.post("/", {"title": "x" * 201, "photos": upload()}).status_code == 400


def test_a_tag_shows_both_confidences(page: Client, seller: User, champion: ModelVersion) -> None:
    """A confident photo shows its tag and how sure the model is of each level."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.96))

    shown = text(page, f"/listings/{listing.pk}/")
    assert 'Bags <span class="sep">›</span> <em>Tote Bags</em>' in shown
    assert "98 %" in shown
    assert "96 %" in shown
    assert "refresh" not in shown


def test_a_main_class_asks_which_kind(page: Client, seller: User, champion: ModelVersion) -> None:
    """A photo that fell back to its main class has a button for each subclass and for none."""
    listing = uploaded_listing(seller)
    tag(champion, some_scores("Bags", 0.98, "Tote Bags", 0.4))

    shown = text(page, f"/listings/{listing.pk}/tags/")
    assert "Looks like a bag. Which kind?" in shown
    for kind in ("Clutches", "Shoulder Bags", "Tote Bags"):
        assert f'name="kind" value="{kind}">{kind}</button>' in shown
    assert 'name="kind" value="Bags">None of these</button>' in shown
    assert "Closest: Tote Bags" in shown


def test_unknown_and_failed_are_said_in_words(
    page: Client, seller: User, champion: ModelVersion
) -> None:
    """What is none of our goods, and what cannot be read, each get a sentence."""
    uploaded_listing(seller)
    tag(champion, some_scores(novelty=0.95))
    uploaded_listing(seller)
    fail(champion, "The file photos/secret.jpg is no longer in storage.")

    shown = text(page, "/listings/")
    assert "This looks like neither clothing, shoes nor a bag." in shown
    assert "This photo could not be read. Please send it again." in shown
    assert "secret.jpg" not in shown


def test_another_sellers_listing_does_not_exist(page: Client, other_seller: User) -> None:
    """Neither the list, the page nor the tags show what belongs to somebody else."""
    listing = uploaded_listing(other_seller, title="Not yours")

    assert "Not yours" not in text(page, "/listings/")
    assert page.get(f"/listings/{listing.pk}/").status_code == 404
    assert page.get(f"/listings/{listing.pk}/tags/").status_code == 404


def test_older_listings_are_a_page_away(page: Client, seller: User) -> None:
    """Twenty-four listings fill a page; the rest follow on the next."""
    for number in range(26):
        uploaded_listing(seller, title=f"Number {number}.")

    first = text(page, "/listings/")
    assert "Number 25." in first
    assert "Number 1." not in first
    assert 'href="?page=2"' in first
    assert "Number 1." in text(page, "/listings/?page=2")
    assert "Number 25." in text(page, "/listings/?page=nonsense")


def test_what_a_seller_writes_stays_text(page: Client, seller: User) -> None:
    """Markup in a title or a file name is shown, never run."""
    listing = uploaded_listing(seller, title="<script>alert(1)</script>")
    photo = only_photo(listing)
    photo.original_name = '"><img src=x onerror=alert(1)>'
    photo.save()

    shown = text(page, f"/listings/{listing.pk}/")
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_forms_of_other_sites_are_refused(seller: User) -> None:
    """A post without the CSRF token changes nothing and is told so in words."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(seller)
    answer = browser.post("/", {"photos": upload()})
    assert answer.status_code == 403
    assert "Please go back, reload the page" in answer.content.decode()
    assert not Listing.objects.exists()


def test_pages_run_nothing_but_their_own_scripts(page: Client) -> None:
    """The policy allows nothing inline and nothing from elsewhere, and the page needs neither."""
    answer = page.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    html = answer.content.decode()
    assert "<script>" not in html
    assert "style=" not in html
    assert "onclick" not in html


def test_healthz_answers_anybody_and_tells_nothing(client: Client) -> None:
    """A load balancer learns that the process and its database answer, and no more."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_missing_page_says_so_in_our_words(client: Client) -> None:
    """An unknown address gets the product's own page."""
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "it is not yours" in answer.content.decode()
