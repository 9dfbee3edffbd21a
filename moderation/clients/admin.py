from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from moderation.audit.admin import ReadOnlyAdmin
from moderation.clients import services
from moderation.clients.models import ApiKey, Client, Person, Scope

admin.site.register(Person, UserAdmin)


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin[Client]):
    list_display = ("name", "slug", "is_active", "created_at")
    search_fields = ("name", "slug")
    filter_horizontal = ("developers",)

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


def actor_of(request: HttpRequest) -> str:
    """Return the opaque id under which a signed-in person stands in the audit log."""
    assert isinstance(request.user, Person)  # noqa: S101  the admin lets nobody else in
    return request.user.actor()
