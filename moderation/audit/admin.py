from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from moderation.audit import services
from moderation.audit.models import Checkpoint, Entry


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


class AuditedAdmin(admin.ModelAdmin[Any]):
    """An admin page that changes, and writes what stood before and what stands after into the log.

    ``audited`` names the fields; no personal data belongs there. ``noun`` is the first word of the actions.
    """

    audited: ClassVar[tuple[str, ...]] = ()
    noun: ClassVar[str] = ""

    def audit_client(self, obj: Any) -> str:
        """Return the client that the object belongs to; empty for the installation's."""
        return ""

    def audit_id(self, obj: Any) -> str:
        return str(obj.pk)

    def snapshot(self, obj: Any) -> dict[str, Any]:
        """Return the audited fields as the database has them, related objects by their ids."""
        stored = type(obj)._default_manager.get(pk=obj.pk)
        return {name: _plain(stored, name) for name in self.audited}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.audit_before = self.snapshot(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, after = form.audit_before, self.snapshot(form.instance)
        if before != after:
            self.audit(request, form.instance, "changed" if change else "created", before, after)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.audit(request, obj, "deleted", self.snapshot(obj), None)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.audit(request, obj, "deleted", self.snapshot(obj), None)
        super().delete_queryset(request, queryset)

    def audit(self, request: HttpRequest, obj: Any, verb: str, before: Any, after: Any) -> None:
        services.record(
            actor_of(request),
            f"{self.noun}.{verb}",
            self.audit_id(obj),
            client=self.audit_client(obj),
            before=before,
            after=after,
        )


def actor_of(request: HttpRequest) -> str:
    """Return the opaque id under which a signed-in person stands in the log."""
    person: Any = request.user
    return str(person.actor())


def _plain(obj: Any, name: str) -> Any:
    """Return a field's value as JSON has it; the ids, sorted, of a field that holds several objects."""
    field = obj._meta.get_field(name)
    if field.many_to_many:
        return sorted(str(one.pk) for one in getattr(obj, name).all())
    value = field.value_from_object(obj)
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "object_id", "client")
    list_filter = ("action",)
    search_fields = ("object_id", "actor")
    show_full_result_count = False


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "entry_id")
    show_full_result_count = False
