from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "moderation.review"
    label = "review"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.intake import retention
        from moderation.review import consumer, needed
        from moderation.review.quality import mixing

        consumers.register_batch("review", consumer.open_cases)
        consumers.register_batch("quality", mixing.mix_in)
        retention.register("review", needed.waiting)
