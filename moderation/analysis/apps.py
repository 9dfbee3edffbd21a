from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "moderation.analysis"
    label = "analysis"

    def ready(self) -> None:
        from moderation.analysis import worker

        worker.connect()
