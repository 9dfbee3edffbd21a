from django.contrib import admin

from moderation.audit.admin import ReadOnlyAdmin
from moderation.registry.models import ModelVersion


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ("role", "name", "version", "state", "promoted_at")
    list_filter = ("role", "state")
