"""The policy simulator: what other thresholds and actions would have done, asked before anything is saved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from foundation.problems import Problem
from moderation.clients.desk import person_of
from moderation.clients.models import Client, Role
from moderation.insights import access, links
from moderation.insights.scope import Scope
from moderation.review.report import SWITCHES
from moderation.verdicts import judge, own_policies, policies
from moderation.verdicts.models import Action, HumanLabel, PolicyVersion
from moderation.verdicts.simulation import simulate

GATES = {
    "review": gettext_lazy("Review from"),
    "label": gettext_lazy("Name from"),
    "block": gettext_lazy("Block from"),
}
ACTIONS = {
    Action.ALLOW: pgettext_lazy("action", "Allow"),
    Action.LABEL: pgettext_lazy("action", "Label"),
    Action.REVIEW: pgettext_lazy("action", "Review"),
    Action.BLOCK: pgettext_lazy("action", "Block"),
}


class RulesForm(forms.Form):
    """Thresholds of each role and an action for each human label, as they stand in a policy until changed."""

    def __init__(self, version: PolicyVersion, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.version = version
        for role, limits in version.thresholds.items():
            for gate, words in GATES.items():
                self.fields[f"{role}-{gate}"] = _threshold(
                    f"{SWITCHES.get(role, role.capitalize())}: {words}", limits[gate], gate
                )
        for label in HumanLabel:
            self.fields[f"action-{label}"] = _action(label, version.actions[label])

    def roles(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each role's thresholds."""
        for role in self.version.thresholds:
            yield role, [self[f"{role}-{gate}"] for gate in GATES]

    def actions(self) -> list[forms.BoundField]:
        return [self[f"action-{label}"] for label in HumanLabel]

    def rules(self) -> dict[str, Any]:
        """Return the policy's rules with what a valid form changes."""
        given = self.cleaned_data
        kept = {name: getattr(self.version, name) for name in own_policies.RULES}
        thresholds = {role: {gate: given[f"{role}-{gate}"] for gate in GATES} for role in self.version.thresholds}
        actions = {label.value: given[f"action-{label}"] for label in HumanLabel}
        return {**kept, "thresholds": thresholds, "actions": actions}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            rules = self.rules()
            for fault in policies.faults(rules["thresholds"], rules["required_roles"], rules["actions"]):
                self.add_error(None, f"{fault['pointer'].removeprefix('#/')}: {fault['detail']}")
        return given


@dataclass(frozen=True)
class Change:
    """How many submissions have a label or an action before and after."""

    name: str
    before: int
    after: int
    href: str

    @property
    def difference(self) -> int:
        return self.after - self.before


@require_http_methods(["GET", "HEAD", "POST"])
@access.overseers
def simulator(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what changed rules would have done; an administrator may then put them in force by a POST."""
    client = scope.client or _first(scope)
    if client is None:
        return access.page(request, scope, "simulator.html", {"client": None})
    version = policies.version_for(client)
    asked = request.POST if request.method == "POST" else request.GET
    form = RulesForm(version, asked if "action-real" in asked else None)
    problem = _save(request, client, form) if request.method == "POST" and form.is_valid() else None
    if request.method == "POST" and form.is_valid() and problem is None:
        return redirect(links.same(Scope(scope.reader, client, scope.days), reverse("insights:simulator"), saved="1"))
    found = simulate(client, judge.rules_from(PolicyVersion(**form.rules()))) if form.is_valid() else None
    context = {
        "client": client,
        "version": version,
        "form": form,
        "found": found,
        "changes": _changes(Scope(scope.reader, client, scope.days), found) if found else [],
        "problem": problem,
        "may_save": Role.ADMINISTRATOR in person_of(request).roles(),
        "saved": request.GET.get("saved") == "1",
    }
    return access.page(request, scope, "simulator.html", context, status=422 if form.errors or problem else 200)


def _save(request: HttpRequest, client: Client, form: RulesForm) -> Problem | None:
    """Put the form's rules in force for the client; return what stands in the way, if anything."""
    person = person_of(request)
    if Role.ADMINISTRATOR not in person.roles():
        return Problem("forbidden", _("An administrator puts a policy in force."))
    own = form.version.policy.client_id == client.pk
    name = form.version.policy.name if own else client.slug
    try:
        own_policies.save(client, name, form.rules(), in_force=True, actor=person.actor())
    except Problem as problem:
        return problem
    return None


def _changes(scope: Scope, found: Mapping[str, Any]) -> Sequence[tuple[str, list[Change]]]:
    before, after = found["before"], found["after"]
    parts = (("labels", "verdict"), ("actions", "action"))
    return [
        (
            part,
            [
                Change(name, count, after[part][name], links.explorer(scope, received_from=None, **{parameter: name}))
                for name, count in before[part].items()
            ],
        )
        for part, parameter in parts
    ]


def _first(scope: Scope) -> Client | None:
    return scope.seen(Client.objects.order_by("name", "pk"), "pk").first()


def _threshold(words: str, value: float | None, gate: str) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "input", "step": "0.01", "min": "0.01", "max": "1"})
    return forms.FloatField(
        label=words, initial=value, required=gate != "block", min_value=0.0, max_value=1.0, widget=widget
    )


def _action(label: HumanLabel, value: str) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "input"})
    words = _("When a person says %(label)s") % {"label": label.label}
    return forms.ChoiceField(label=words, initial=value, choices=list(ACTIONS.items()), widget=widget)
