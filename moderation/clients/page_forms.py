"""What the developers' pages send about keys."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moderation.clients.models import Person, Role, Scope

HOUR, DAY = 3600, 86_400
MEANINGS = {
    Scope.SUBMIT: _("submit pictures, report, appeal, erase"),
    Scope.READ: _("read submissions, events and deliveries"),
    Scope.DECIDE: _("decide, and keep a bank of known images"),
    Scope.MANAGE: _("manage keys, endpoints and policies"),
    Scope.LEARN: _("teach classifiers, make datasets, start trainings"),
    Scope.MODELS: _("put models into service, for the whole installation"),
}
LIFETIMES = [("", _("Until it is revoked")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))]
OVERLAPS = [(str(DAY), _("A day")), (str(HOUR), _("An hour")), (str(7 * DAY), _("7 days")), ("0", _("Not at all"))]


def scopes_given_by(person: Person) -> list[Scope]:
    """Return the scopes that a person may give to a key; ``models`` is given by administrators only."""
    administers = Role.ADMINISTRATOR in person.roles()
    return [scope for scope in Scope if administers or scope is not Scope.MODELS]


class NewKeyForm(forms.Form):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}))
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label=pgettext_lazy("scopes", "May"))
    days = forms.ChoiceField(
        choices=LIFETIMES, required=False, label=_("Good for"), widget=forms.Select(attrs={"class": "input"})
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
        label=_("The old secret stays good for"),
        widget=forms.Select(attrs={"class": "input"}),
    )
