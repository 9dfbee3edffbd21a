from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from moderation.clients import services as clients
from moderation.verdicts import policies


class Command(BaseCommand):
    help = "Prepare the database: migrations, roles, the default policy, the built-in client, the shipped bundles."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)
        clients.ensure_roles()
        clients.anonymous_client()
        policies.default_version()
        call_command("register_bundles", stdout=self.stdout)
