"""Saving a queue: leads and administrators for everybody, each reviewer for themselves."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.ids import new_id
from moderation.audit import services as audit
from moderation.clients.models import Client, Person
from moderation.clients.sight import only_visible
from moderation.intake.models import Source
from moderation.review import queues
from moderation.review.models import CaseReason, Queue
from moderation.review.rights import is_senior
from moderation.verdicts.models import Label

LISTS = ("reasons", "labels", "sources", "clients")
LABELS: list[tuple[str, str | Promise]] = [
    (Label.REAL.value, gettext_lazy("No sign")),
    (Label.AI_GENERATED.value, gettext_lazy("AI-generated")),
    (Label.EDITED.value, gettext_lazy("Edited")),
    (Label.UNCERTAIN.value, gettext_lazy("Uncertain")),
]
SOURCES: list[tuple[str, str | Promise]] = [
    (Source.API.value, gettext_lazy("The API")),
    (Source.PAGE.value, gettext_lazy("The page for everyone")),
    (Source.IMPORT.value, gettext_lazy("An import")),
]
EITHER: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Escalated or not")),
    ("yes", gettext_lazy("Only escalated")),
    ("no", gettext_lazy("Only not escalated")),
]


def editable_by(person: Person) -> QuerySet[Queue]:
    """Return the queues that the person may change: their own, and for leads and administrators the shared ones."""
    own = Q(owner=person)
    return Queue.objects.filter(own | Q(owner=None) if is_senior(person) else own)


def remove(queue: Queue, person: Person) -> None:
    audit.record(person.actor(), "queue.removed", queue.pk, {"filter": queue.filter})
    queue.delete()


class QueueForm(forms.Form):
    """A queue's name, what it lets through, and how its cases are shown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"class": "input"}))
    shared = forms.BooleanField(label=gettext_lazy("For everybody"), required=False)
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Why it is here"), choices=CaseReason.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    labels = forms.MultipleChoiceField(
        label=gettext_lazy("Verdict of the models"), choices=LABELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Where it came from"), choices=SOURCES, required=False, widget=forms.CheckboxSelectMultiple
    )
    clients = forms.MultipleChoiceField(
        label=gettext_lazy("Clients"), required=False, widget=forms.CheckboxSelectMultiple
    )
    roles = forms.CharField(
        label=gettext_lazy("Models, by role"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "face, edited"}),
    )  # fmt: skip
    min_score = forms.FloatField(
        label=gettext_lazy("Highest probability from"), required=False, min_value=0, max_value=1,
        widget=forms.NumberInput(attrs={"class": "input", "step": "0.01"}),
    )  # fmt: skip
    max_score = forms.FloatField(
        label=gettext_lazy("to"), required=False, min_value=0, max_value=1,
        widget=forms.NumberInput(attrs={"class": "input", "step": "0.01"}),
    )  # fmt: skip
    escalated = forms.ChoiceField(
        label=gettext_lazy("Escalated"), choices=EITHER, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    due_minutes = forms.IntegerField(
        label=gettext_lazy("Due after, in minutes"), required=False, min_value=1, max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip
    blur = forms.BooleanField(label=gettext_lazy("Pictures start blurred"), required=False, initial=True)
    grey = forms.BooleanField(label=gettext_lazy("Pictures start grey"), required=False)
    evidence_first = forms.BooleanField(
        label=gettext_lazy("Hide what the models say until the person has said something"), required=False
    )

    def __init__(self, data: Any = None, *, person: Person, queue: Queue) -> None:
        """Start from ``queue``, which is new or one that the person may change."""
        self.person, self.queue = person, queue
        super().__init__(data, initial=None if queue._state.adding else _initial(queue))
        seen = only_visible(Client.objects.filter(is_active=True), person, "pk").order_by("name")
        clients: Any = self.fields["clients"]
        clients.choices = list(seen.values_list("slug", "name"))
        if not is_senior(person):
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        low, high = given.get("min_score"), given.get("max_score")
        if low is not None and high is not None and low > high:
            self.add_error("max_score", _("This must not be below the other end."))
        for fault in queues.faults(self._filter(given)):
            self.add_error(self._field_of(fault["pointer"]), fault["detail"])
        return given

    def keep(self) -> Queue:
        """Save a valid form and return its queue."""
        given, queue = self.cleaned_data, self.queue
        queue.owner = None if given.get("shared") else queue.owner or self.person
        for name in ("name", "due_minutes", "blur", "grey", "evidence_first"):
            setattr(queue, name, given[name])
        queue.filter = self._filter(given)
        queue.slug = queue.slug or f"{slugify(queue.name)[:40] or 'queue'}-{new_id('q')[-6:]}"
        queue.save()
        audit.record(self.person.actor(), "queue.saved", queue.pk, {"filter": queue.filter})
        return queue

    def _filter(self, given: dict[str, Any]) -> dict[str, Any]:
        roles = [role.strip() for role in given.get("roles", "").split(",") if role.strip()]
        kept = {name: given.get(name) for name in LISTS} | {"roles": roles}
        found = {name: value for name, value in kept.items() if value}
        ends = {name: given[name] for name in ("min_score", "max_score") if given.get(name) is not None}
        wanted = {"yes": True, "no": False}.get(given.get("escalated", ""))
        kinds = {"kinds": self.queue.filter["kinds"]} if self.queue.filter.get("kinds") else {}
        return {**found, **ends, **kinds, **({} if wanted is None else {"escalated": wanted})}

    def _field_of(self, pointer: str) -> str | None:
        name = pointer.rsplit("/", 1)[-1]
        return name if name in self.fields else None


def _initial(queue: Queue) -> dict[str, Any]:
    kept = dict(queue.filter)
    escalated = {True: "yes", False: "no"}.get(kept.pop("escalated", None), "")
    return {
        **kept,
        "roles": ", ".join(kept.get("roles", [])),
        "escalated": escalated,
        "name": queue.name,
        "shared": queue.owner_id is None,
        "due_minutes": queue.due_minutes,
        "blur": queue.blur,
        "grey": queue.grey,
        "evidence_first": queue.evidence_first,
    }
