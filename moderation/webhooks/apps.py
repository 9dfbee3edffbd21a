from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "moderation.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.intake import erasers
        from moderation.webhooks import erasing, services

        consumers.register_batch("webhooks", services.fan_out)
        erasers.register("webhooks", erasing.erase)
