from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from moderation.audit import services as audit
from moderation.audit.admin import AuditedAdmin, ReadOnlyAdmin, actor_of
from moderation.clients import services
from moderation.clients.models import ApiKey, Client, Person, Scope

admin.site.unregister(Group)  # the roles are these groups: they are given to people, and never renamed


@admin.register(Person)
class PersonAdmin(AuditedAdmin, UserAdmin[Person]):
    noun = "person"
    audited = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions", "sees_every_client")
    fieldsets = (
        *UserAdmin.fieldsets,  # type: ignore[misc]
        (_("Sight"), {"fields": ("sees_every_client", "visible_clients")}),
    )
    filter_horizontal = ("groups", "user_permissions", "visible_clients")

    def audit_id(self, obj: Person) -> str:
        return obj.actor()

    def snapshot(self, obj: Person) -> dict[str, Any]:
        """Return the person's rights, roles by their names."""
        rights = super().snapshot(obj)
        del rights["groups"]
        seen = sorted(obj.visible_clients.values_list("pk", flat=True))
        return rights | {"roles": sorted(obj.groups.values_list("name", flat=True)), "visible_clients": seen}

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  Django's name
        """Set a password; that it was set stands in the log."""
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            audit.record(actor_of(request), "person.password_set", f"person:{id}")
        return answer


@admin.register(Client)
class ClientAdmin(AuditedAdmin):
    noun = "client"
    audited = ("slug", "is_active", "requests_per_minute", "retention_days", "review_minutes", "developers")
    list_display = ("name", "slug", "is_active", "created_at")
    search_fields = ("name", "slug")
    filter_horizontal = ("developers",)

    def audit_client(self, obj: Client) -> str:
        return str(obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A client is switched off, not deleted: its submissions and verdicts stay accountable."""
        return False


class KeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiKey
        fields = ("client", "name", "scopes", "expires_at", "requests_per_minute")


@admin.register(ApiKey)
class KeyAdmin(ReadOnlyAdmin):
    form = KeyForm
    list_display = ("name", "client", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("client",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key by the service, and show its secret this once."""
        given = form.cleaned_data
        key, secret = services.create_key(
            obj.client, obj.name, given["scopes"], actor=actor_of(request), expires_at=given["expires_at"]
        )
        ApiKey.objects.filter(pk=key.pk).update(requests_per_minute=given["requests_per_minute"])
        obj.pk, obj.secret_hash = key.pk, key.secret_hash
        obj._state.adding = False
        messages.warning(request, f"The key's secret, shown this once: {secret}")

    @admin.action(description="Revoke the selected keys", permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        revoked = sum(services.revoke_key(key, actor=actor_of(request)) for key in queryset)
        messages.info(request, f"Revoked {revoked}.")
