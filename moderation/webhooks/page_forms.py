"""What the developers' pages send about endpoints."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.http import MAX_URL
from foundation.problems import Problem
from moderation.webhooks.event_types import EventType
from moderation.webhooks.models import Endpoint

HOUR, DAY = 3600, 86_400
OVERLAPS = [(str(DAY), _("A day")), (str(HOUR), _("An hour")), (str(7 * DAY), _("7 days")), ("0", _("Not at all"))]
INPUT = {"class": "input", "autocomplete": "off"}
CODE = {"class": "input mono", "autocomplete": "off", "spellcheck": "false"}


class EndpointForm(forms.Form):
    """An endpoint's own fields; headers are lines of ``Name: value``."""

    url = forms.CharField(max_length=MAX_URL, label=_("Address"), widget=forms.URLInput(attrs=CODE))
    description = forms.CharField(
        max_length=200, required=False, label=_("Description"), widget=forms.TextInput(attrs=INPUT)
    )
    event_types = forms.MultipleChoiceField(
        choices=[(one.value, one.value) for one in EventType],
        required=False,
        label=_("Events; none means all"),
        widget=forms.CheckboxSelectMultiple,
    )
    headers = forms.CharField(
        required=False,
        max_length=25_000,
        label=_("Headers of your own, one “Name: value” a line"),
        widget=forms.Textarea(attrs={**CODE, "rows": 3}),
    )
    contact = forms.EmailField(
        required=False,
        label=_("Who is written to when Assay disables it"),
        widget=forms.EmailInput(attrs={"class": "input"}),
    )

    @classmethod
    def of(cls, endpoint: Endpoint, data: Mapping[str, Any] | None = None) -> "EndpointForm":
        lines = "\n".join(f"{name}: {value}" for name, value in endpoint.headers.items())
        same = ("url", "description", "event_types", "contact")
        return cls(data, initial={**{name: getattr(endpoint, name) for name in same}, "headers": lines})

    def clean_headers(self) -> dict[str, str]:
        lines = [line for line in self.cleaned_data["headers"].splitlines() if line.strip()]
        if not all(":" in line for line in lines):
            raise forms.ValidationError(_("Each line must be a name, a colon and a value."))
        return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def refuse(self, problem: Problem) -> None:
        """Show what the service found at the fields that it names."""
        for fault in problem.errors or [{"pointer": "", "detail": problem.detail}]:
            name = fault.get("pointer", "").removeprefix("#/").split("/")[0]
            self.add_error(name if name in self.fields else None, fault["detail"])


class RotationForm(forms.Form):
    overlap = forms.TypedChoiceField(
        choices=OVERLAPS,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        label=_("The old secret signs too for"),
        widget=forms.Select(attrs={"class": "input"}),
    )


def _moment(label: Any) -> forms.DateTimeField:
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    widget = forms.DateTimeInput(format=formats[0], attrs={"class": "input", "type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=formats, widget=widget)


class ReplayForm(forms.Form):
    """A time in UTC, from its beginning to before its end."""

    since = _moment(_("From, UTC"))
    until = _moment(_("To, UTC"))
    undelivered_only = forms.BooleanField(required=False, label=_("Only what was not delivered"), initial=True)

    def span(self) -> dict[str, Any]:
        """Return the arguments of a replay."""
        given = self.cleaned_data
        times = {name: given[name].replace(tzinfo=UTC) for name in ("since", "until")}
        return {**times, "undelivered_only": given["undelivered_only"]}
