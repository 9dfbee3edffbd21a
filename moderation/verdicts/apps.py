from django.apps import AppConfig


class VerdictsConfig(AppConfig):
    name = "moderation.verdicts"
    label = "verdicts"

    def ready(self) -> None:
        from moderation.intake import failing
        from moderation.verdicts import services

        failing.register(services.record_failure)
