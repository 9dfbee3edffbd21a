from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "moderation.registry"
    label = "registry"
