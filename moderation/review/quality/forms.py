from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.review.decisions import LONGEST_NOTE, Choice
from moderation.verdicts.models import HumanLabel


class KnownAnswerForm(forms.Form):
    """A picture whose answer is known, by its submission."""

    submission = forms.CharField(
        label=_("Submission"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "sub_…", "autocomplete": "off"}),
    )
    label = forms.ChoiceField(
        label=_("It is"), choices=HumanLabel.choices, widget=forms.Select(attrs={"class": "input"})
    )
    note = forms.CharField(
        label=_("How it is known; trainees read this"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.TextInput(attrs={"class": "input"}),
    )

    def choice(self) -> Choice:
        """Return the answer of a valid form."""
        return Choice(self.cleaned_data["label"], note=self.cleaned_data["note"])


class TraineeForm(forms.Form):
    """Somebody by their user name."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


class SettlingForm(forms.Form):
    """What a picture is on which two people do not agree."""

    label = forms.ChoiceField(choices=HumanLabel.choices)
    note = forms.CharField(
        label=_("Why, kept with the case"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )

    def choice(self) -> Choice:
        """Return the choice of a valid form."""
        return Choice(self.cleaned_data["label"], note=self.cleaned_data["note"])
