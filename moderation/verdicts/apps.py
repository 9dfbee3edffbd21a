from django.apps import AppConfig


class VerdictsConfig(AppConfig):
    name = "moderation.verdicts"
    label = "verdicts"
