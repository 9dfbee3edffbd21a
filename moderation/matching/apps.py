from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "moderation.matching"
    label = "matching"
