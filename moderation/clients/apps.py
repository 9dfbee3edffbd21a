from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "moderation.clients"
    label = "clients"
