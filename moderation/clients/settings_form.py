"""What the settings page sends."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.clients import shortcuts
from moderation.clients.models import Preferences
from moderation.clients.preferences import BREAKS

PREFIX = "key_"
VEILS: list[tuple[str, str | Promise]] = [
    ("", _("As the queue has it")),
    (Preferences.Veil.ON.value, _("Always")),
    (Preferences.Veil.OFF.value, _("Never")),
]


class SettingsForm(forms.Form):
    """A person's preferences, with one field for the key of each action."""

    blur = forms.ChoiceField(choices=VEILS, required=False, label=_("Blur pictures until they are revealed"))
    grey = forms.ChoiceField(choices=VEILS, required=False, label=_("Show pictures in greyscale"))
    break_minutes = forms.TypedChoiceField(choices=BREAKS, coerce=int, label=_("Suggest a break"))
    language = forms.ChoiceField(required=False, label=_("Language"))

    def __init__(self, kept: Preferences, data: Any = None) -> None:
        keys = shortcuts.keys_with(kept.keys)
        initial: dict[str, Any] = {f"{PREFIX}{action}": key for action, key in keys.items()}
        for name in ("blur", "grey", "break_minutes", "language"):
            initial[name] = getattr(kept, name)
        super().__init__(data, initial=initial)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101  declared above
        language.choices = [("", _("As the browser asks for")), *settings.LANGUAGES]
        for action in shortcuts.USUAL:
            self.fields[f"{PREFIX}{action}"] = forms.CharField(
                max_length=1, label=str(shortcuts.NAMES[action]), widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "input key" if name.startswith(PREFIX) else "input"

    def clean(self) -> dict[str, Any]:
        """Refuse keys that cannot be, each at its field."""
        for action, fault in shortcuts.faults(self.keys()).items():
            self.add_error(f"{PREFIX}{action}", str(fault))
        return self.cleaned_data

    def keys(self) -> dict[str, str]:
        """Return the keys that were given, in small letters."""
        given = {name.removeprefix(PREFIX): key for name, key in self.cleaned_data.items() if name.startswith(PREFIX)}
        return {action: key.lower() for action, key in given.items()}

    def key_fields(self) -> list[forms.BoundField]:
        """Return the fields of the keys, for the template."""
        return [self[f"{PREFIX}{action}"] for action in shortcuts.USUAL]
