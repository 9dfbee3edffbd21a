from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "moderation.learning"
    label = "learning"
