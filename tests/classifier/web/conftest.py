"""Who signs in on the seller's pages."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

ADDRESS = "seller@shop.example"


@pytest.fixture
def owner(seller: User) -> User:
    """The seller, with a mail address."""
    seller.email = ADDRESS
    seller.save()
    return seller


@pytest.fixture
def page(client: Client, owner: User) -> Client:
    """A browser in which the seller is signed in."""
    client.force_login(owner)
    return client
