from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "moderation.portal"
    label = "portal"
