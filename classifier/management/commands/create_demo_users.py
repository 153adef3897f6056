"""`manage.py create_demo_users`: seller, moderator and admin for a development machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classifier.management import demo_users


class Command(BaseCommand):
    help = (
        "Create the users seller, moderator and admin with random passwords and print them; "
        "a second run prints the same. Refuses when DEBUG is off. "
        "Example: manage.py create_demo_users"
    )
    requires_system_checks = []

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            users = demo_users.create_demo_users()
        except demo_users.NotADemoMachineError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{'name':<12}{'password':<20}may")
        for user in users:
            self.stdout.write(f"{user.name:<12}{user.password:<20}{user.may}")
