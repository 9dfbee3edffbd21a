from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "moderation.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.webhooks import services

        consumers.register_batch("webhooks", services.fan_out)
