"""Policies in the admin: a change never edits a version, it adds one."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from moderation.audit.admin import AuditedAdmin, ReadOnly, ReadOnlyAdmin, actor_of
from moderation.verdicts import policies, review_rules
from moderation.verdicts.models import ClientPolicy, KnownRule, Policy, PolicyVersion, Verdict

RULES = ("thresholds", "required_roles", "actions")
BELIEFS = ("believe_signed_ai", "known_images", "review")


class LegibleJSONField(forms.JSONField):
    """JSON with a line for each entry; an empty list or object is a value like others."""

    empty_values = [None, ""]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2, sort_keys=True)


class PolicyForm(forms.ModelForm[Policy]):
    """Shows the newest version's rules; saving other ones adds a version."""

    thresholds = LegibleJSONField(
        help_text="role: {review, label, block}, calibrated P(not real), rising; block null never blocks"
    )
    required_roles = LegibleJSONField(help_text="roles that must have run before the answer may be “no sign”")
    actions = LegibleJSONField(help_text="a person's label to the action that follows from it")

    review = LegibleJSONField(help_text=PolicyVersion._meta.get_field("review").help_text)
    believe_signed_ai = forms.BooleanField(
        required=False, help_text=PolicyVersion._meta.get_field("believe_signed_ai").help_text
    )
    known_images = forms.ChoiceField(
        choices=KnownRule.choices, help_text=PolicyVersion._meta.get_field("known_images").help_text
    )

    class Meta:
        model = Policy
        fields = ("name", "client")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.versions.first() if self.instance.pk and not self.instance._state.adding else None
        shown = newest or PolicyVersion(**policies.DEFAULT_RULES)
        for name in (*RULES, *BELIEFS):
            self.fields[name].initial = getattr(shown, name)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        rules = {name: cleaned[name] for name in RULES if name in cleaned}
        if len(rules) == len(RULES):
            for fault in policies.faults(**rules):
                self.add_error(fault["pointer"].split("/")[1], f"{fault['pointer']}: {fault['detail']}")
        for fault in review_rules.faults(cleaned.get("review", {}), policies.ROLE):
            self.add_error("review", f"{fault['pointer']}: {fault['detail']}")
        return cleaned

    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*RULES, *BELIEFS)}


class VersionInline(ReadOnly, admin.TabularInline[PolicyVersion, Policy]):
    model = PolicyVersion
    extra = 0
    readonly_fields = ("number", *RULES, *BELIEFS, "created_at", "created_by")


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    form = PolicyForm
    inlines = (VersionInline,)
    list_display = ("name", "client", "created_at")
    list_filter = ("client",)

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> tuple[str, ...]:
        """The default policy is found by its name, and verdicts quote the others by theirs."""
        return ("name", "client") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        newest = obj.versions.first()
        rules = form.rules()
        if newest is None or any(getattr(newest, name) != rule for name, rule in rules.items()):
            policies.change(obj, **rules, actor=actor_of(request))


@admin.register(ClientPolicy)
class ClientPolicyAdmin(AuditedAdmin):
    noun = "client_policy"
    audited = ("policy",)
    list_display = ("client", "policy")

    def audit_client(self, obj: ClientPolicy) -> str:
        return str(obj.client_id)


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    list_display = ("submission", "revision", "label", "action", "decided_by", "policy_version", "decided_at")
    list_filter = ("label", "action", "decided_by")
    show_full_result_count = False
