from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "moderation.events"
    label = "events"
