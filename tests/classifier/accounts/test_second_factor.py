"""Rules of a second factor that no page shows: at once, on both databases, and what is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from classifier.accounts import personal_data
from classifier.accounts.second_factor import backup_codes, check, devices
from tests.second_factor import a_second_factor, code_for, code_of

PASSWORD = "one that no list has"


@pytest.mark.parametrize("kind", ["app", "backup code"])
def test_a_code_that_comes_many_times_at_once_is_taken_once(real_database: str, kind: str) -> None:
    """Ten at the same moment, on SQLite and PostgreSQL."""
    user = User.objects.create_user("anna", password=PASSWORD)
    codes = a_second_factor(user)
    code = code_of(user) if kind == "app" else codes[0]

    def take(_: int) -> bool:
        try:
            return devices.verify(user, code) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(take, range(10))) == 1


def test_a_person_who_turns_it_on_twice_at_once_has_one(real_database: str) -> None:
    """Two taps on the button make one device and ten codes."""
    user = User.objects.create_user("anna", password=PASSWORD)
    key = devices.new_key()
    code = code_for(key)

    def turn_on(_: int) -> bool:
        try:
            made = devices.turn_on(
                User.objects.get(pk=user.pk), key=key, code=code, password=PASSWORD
            )
            return made is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(turn_on, range(4))) == 1
    assert TOTPDevice.objects.filter(user=user).count() == 1
    assert StaticToken.objects.filter(device__user=user).count() == backup_codes.COUNT


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("123456", "123456"), (" 123 456 ", "123456"), ("12345-67890", "1234567890"),
        ("12345", None), ("1234567", None), ("12345a", None), ("", None),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", None),
    ],
)  # fmt: skip
def test_codes_are_digits_with_what_people_type_between(given: str, code: str | None) -> None:
    """Six or ten; digits of other scripts are none."""
    assert check.digits_of(given) == code


@pytest.mark.django_db
def test_backup_codes_are_kept_as_hashes_of_the_account(seller: User, other_seller: User) -> None:
    """The same digits are something else for somebody else, and under another secret key."""
    kept = backup_codes.hashed(seller, "1234567890")
    assert len(kept) == StaticToken._meta.get_field("token").max_length
    assert kept != backup_codes.hashed(other_seller, "1234567890")
    assert len(set(backup_codes.renew(seller))) == backup_codes.COUNT


@pytest.mark.django_db
def test_what_is_kept_of_a_person_has_no_secret_and_goes_with_the_account(
    seller: User, tmp_path: Any
) -> None:
    """Since when there is a second factor is told; key and codes are not."""
    a_second_factor(seller)
    device = TOTPDevice.objects.get()
    data = personal_data.data_of(seller)
    assert data["account"]["second_factor_since"] == device.created_at.isoformat()
    assert device.key not in json.dumps(data)
    personal_data.delete(seller)
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()


def test_it_is_offered_and_not_required_by_default() -> None:
    """Sellers and staff decide, until the operator does."""
    assert django_settings.SECOND_FACTOR == "offered"
