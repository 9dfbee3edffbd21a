from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from moderation.audit.models import Entry


class ReadOnly:
    """What happened is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin[Any]):
    """An admin page that changes nothing."""


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "object_id")
    list_filter = ("action",)
    search_fields = ("object_id", "actor")
    show_full_result_count = False
