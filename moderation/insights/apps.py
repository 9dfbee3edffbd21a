from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "moderation.insights"
    label = "insights"
