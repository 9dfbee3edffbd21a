from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from moderation.audit.admin import ReadOnly, actor_of
from moderation.webhooks import services
from moderation.webhooks.models import Attempt, Delivery, Endpoint

HEALTH = ("enabled", "disabled_reason", "disabled_at", "failures", "failing_since", "resting_until")


@admin.register(Endpoint)
class EndpointAdmin(admin.ModelAdmin[Endpoint]):
    """The secret is shown once, when the endpoint is made."""

    list_display = ("id", "client", "url", "enabled", "disabled_reason", "created_at")
    list_filter = ("enabled", "client")
    search_fields = ("id", "url", "description")
    fields = ("client", "url", "description", "event_types", "headers", "contact", *HEALTH)
    readonly_fields = HEALTH
    actions = ("enable", "disable")

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        if change:
            services.change(obj, actor=actor_of(request))
            return
        services.register(obj, actor=actor_of(request))
        self.message_user(request, f"The endpoint's secret, shown this once: {obj.secret}", messages.WARNING)

    @admin.action(description="Enable the selected endpoints")
    def enable(self, request: HttpRequest, chosen: QuerySet[Endpoint]) -> None:
        for endpoint in chosen:
            services.enable(endpoint, actor=actor_of(request))

    @admin.action(description="Disable the selected endpoints")
    def disable(self, request: HttpRequest, chosen: QuerySet[Endpoint]) -> None:
        for endpoint in chosen:
            services.disable(endpoint, "Disabled by an administrator.", actor=actor_of(request))


class AttemptInline(ReadOnly, admin.TabularInline[Attempt, Delivery]):
    model = Attempt
    fields = ("number", "started_at", "milliseconds", "status_code", "error", "response_excerpt")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin[Delivery]):
    list_display = ("id", "event", "endpoint", "state", "attempts", "next_at", "delivered_at")
    list_filter = ("state",)
    search_fields = ("id", "event__id", "event__subject", "endpoint__id")
    list_select_related = ("event", "endpoint")
    show_full_result_count = False
    exclude = ("token", "leased_until")
    inlines = (AttemptInline,)
