from typing import Any

from django.core.management.base import BaseCommand

from moderation.registry.services import register_shipped


class Command(BaseCommand):
    help = "Register the bundles that come with Assay and put them in service where a role has none."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in register_shipped():
            self.stdout.write(f"{model.role}: {model} ({model.state})")
