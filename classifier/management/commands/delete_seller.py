"""`manage.py delete_seller NAME`: nothing of a seller stays."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.accounts import personal_data


class Command(BaseCommand):
    help = (
        "Delete a seller's listings, photos and account; it cannot be undone. "
        "Example: manage.py delete_seller anna --yes"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the seller's user name")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, name: str, yes: bool, **_: Any) -> None:
        try:
            user = personal_data.account(name)
        except personal_data.NoSuchSellerError as error:
            raise CommandError(str(error)) from error
        if not yes:
            try:
                asked = input(f"Type {name} to delete {name}'s listings and photos for good: ")
            except EOFError as error:
                raise CommandError(
                    "Nothing was deleted: nobody is here to be asked. --yes deletes without asking."
                ) from error
            if asked != name:
                raise CommandError("Nothing was deleted.")
        photos = personal_data.delete(user)
        self.stdout.write(f"{name} and {photos} photos are deleted; their files go within seconds.")
