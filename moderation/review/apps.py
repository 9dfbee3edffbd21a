from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "moderation.review"
    label = "review"

    def ready(self) -> None:
        from moderation.events import consumers
        from moderation.review import services

        consumers.register("review", services.open_for)
