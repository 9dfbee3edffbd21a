"""What the developers' pages send about keys."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from moderation.clients.models import Person, Role, Scope

HOUR, DAY = 3600, 86_400
MEANINGS = {
    Scope.SUBMIT: "submit pictures, report, appeal, erase",
    Scope.READ: "read submissions, events and deliveries",
    Scope.DECIDE: "decide, and keep a bank of known images",
    Scope.MANAGE: "manage keys, endpoints and policies",
    Scope.LEARN: "teach classifiers, make datasets, start trainings",
    Scope.MODELS: "put models into service, for the whole installation",
}
LIFETIMES = [("", "Until it is revoked"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")]
OVERLAPS = [(str(DAY), "A day"), (str(HOUR), "An hour"), (str(7 * DAY), "7 days"), ("0", "Not at all")]


def scopes_given_by(person: Person) -> list[Scope]:
    """Return the scopes that a person may give to a key; ``models`` is given by administrators only."""
    administers = Role.ADMINISTRATOR in person.roles()
    return [scope for scope in Scope if administers or scope is not Scope.MODELS]


class NewKeyForm(forms.Form):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}))
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="May")
    days = forms.ChoiceField(
        choices=LIFETIMES, required=False, label="Good for", widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, person: Person, data: Any = None) -> None:
        super().__init__(data, initial={"scopes": [Scope.SUBMIT, Scope.READ]})
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(scope.value, MEANINGS[scope]) for scope in scopes_given_by(person)]

    def expires_at(self) -> datetime | None:
        """Return when the key of a valid form ends."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class RotationForm(forms.Form):
    overlap = forms.TypedChoiceField(
        choices=OVERLAPS,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        label="The old secret stays good for",
        widget=forms.Select(attrs={"class": "input"}),
    )
