from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.review.models import ReasonCode
from moderation.review.services import Choice
from moderation.verdicts.models import HumanLabel


class DecisionForm(forms.Form):
    """What the decision bar sends: the button's label, and what a moderator may add to it."""

    label = forms.ChoiceField(choices=HumanLabel.choices, widget=forms.Select(attrs={"class": "input"}))
    reason_code = forms.ChoiceField(
        label=_("What it rests on"),
        choices=[("", _("No reason given")), *ReasonCode.choices],
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    note = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(
            attrs={"class": "input", "rows": 1, "placeholder": _("Note, optional"), "maxlength": 2000}
        ),
    )

    def choice(self, first_label: str = "") -> Choice:
        """Return the choice of a valid form; ``first_label`` is what the person said before they saw the evidence."""
        given = self.cleaned_data
        return Choice(given["label"], given["reason_code"], given["note"], first_label)
