from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "moderation.review"
    label = "review"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.intake import retention
        from moderation.review import consumer, needed

        consumers.register_batch("review", consumer.open_cases)
        retention.register("review", needed.waiting)
