from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "moderation.review"
    label = "review"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.review import consumer

        consumers.register_batch("review", consumer.open_cases)
