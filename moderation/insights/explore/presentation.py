"""How the explorer's page shows submissions and what it was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moderation.clients.models import Client, Person
from moderation.clients.sight import only_visible
from moderation.intake.models import Submission
from moderation.registry.models import ModelVersion
from moderation.review.models import Case
from moderation.verdicts.explorer import CHOICES, Asked

Words = str | Promise
LABELS: Mapping[str, Words] = {
    "real": _("No sign"),
    "ai_generated": _("AI-generated"),
    "edited": _("Edited"),
    "uncertain": _("Uncertain"),
}
HUMAN: Mapping[str, Words] = {**LABELS, "real": _("Real"), "cannot_tell": _("Cannot tell"), "none": _("No label")}
VALUES: Mapping[str, Mapping[str, Words]] = {
    "state": {
        "queued": _("Waiting"),
        "analysing": _("Being analysed"),
        "analysed": _("Analysed"),
        "failed": _("Failed"),
    },
    "verdict": LABELS,
    "action": {"allow": _("Allow"), "label": _("Label"), "review": _("Review"), "block": _("Block")},
    "decided_by": {"policy": _("A policy"), "person": _("A person")},
    "source": {"api": _("API"), "page": _("Page for everyone"), "import": _("Import")},
    "human_label": HUMAN,
    "agreement": {"agrees": _("Agrees"), "differs": _("Differs"), "open": _("Names no class")},
    "match": {"yes": _("Known picture"), "no": _("No known picture")},
}
NAMES: Mapping[str, Words] = {
    "q": _("Words"),
    "state": _("State"),
    "verdict": _("Verdict"),
    "action": _("Action"),
    "decided_by": _("Decided by"),
    "source": _("Source"),
    "human_label": pgettext_lazy("said by a person", "Label"),
    "agreement": _("Verdict and label"),
    "match": _("Match"),
    "client": _("Client"),
    "author_id": _("Account"),
    "role": _("Role"),
    "model": _("Model"),
    "min_probability": _("Probability from"),
    "max_probability": _("Probability to"),
    "received_from": _("Received from"),
    "received_to": _("Received to"),
    "id": _("Chosen"),
}
MOST_MODELS = 100


@dataclass(frozen=True)
class Row:
    """One submission of the page; ``thumbnail`` is empty, and ``why`` says so, where there is no picture to see."""

    submission: Submission
    thumbnail: str
    why: Words
    case: str


@dataclass(frozen=True)
class Chip:
    """One filter that is on, and the query without it."""

    name: Words
    words: Sequence[Words]
    without: str


@dataclass(frozen=True)
class Group:
    """The values of a filter to choose from, and which are chosen."""

    name: str
    words: Words
    options: Sequence[tuple[str, Words, bool]]


def rows_of(found: Sequence[Submission]) -> list[Row]:
    """Return the rows of a page, each with the case that people decide, if there is one."""
    keys = [row.pk for row in found]
    cases = dict(Case.objects.filter(submission__in=keys, kind="first").values_list("submission", "pk"))
    return [_row(one, cases.get(one.pk, "")) for one in found]


def _row(one: Submission, case: str) -> Row:
    image = one.image
    why: Words = _("Not fetched") if image is None else ""
    if image is not None and image.is_sealed:
        why = _("Sealed")
    elif image is not None and image.discarded_at:
        why = _("No longer kept")
    return Row(one, "" if why else f"/api/v1/submissions/{one.pk}/thumbnail.jpg", why, case)


def chips(asked: Asked, path_query: Mapping[str, str]) -> list[Chip]:
    """Return the filters that are on; ``path_query`` is what else the address says, kept when one is taken off."""
    rest = "".join(f"&{name}={value}" for name, value in path_query.items())
    return [
        Chip(NAMES[name], _said(name, values), f"?{asked.without(name)}{rest}") for name, values in asked.given.items()
    ]


def _said(name: str, values: Sequence[str]) -> list[Words]:
    if name == "id":
        return [str(len(values))]
    if name == "model":
        known = {one.pk: str(one) for one in ModelVersion.objects.filter(pk__in=values)}
        return [known.get(value, value) for value in values]
    return [VALUES.get(name, {}).get(value, value) for value in values]


def groups(asked: Asked) -> list[Group]:
    """Return the filters of a few values each."""
    return [
        Group(name, NAMES[name], [(value, VALUES[name][value], value in asked.given.get(name, ())) for value in values])
        for name, values in CHOICES.items()
    ]


def lists(asked: Asked, person: Person) -> list[Group]:
    """Return the filters whose values are the installation's: clients that the person sees, roles, models."""
    clients = only_visible(Client.objects.order_by("name"), person, "pk").values_list("slug", "name")
    models = list(ModelVersion.objects.order_by("role", "-pk").defer("card")[:MOST_MODELS])
    roles = sorted({model.role for model in models})
    offered: dict[str, list[tuple[str, str]]] = {
        "client": list(clients),
        "role": [(role, role) for role in roles],
        "model": [(model.pk, str(model)) for model in models],
    }
    return [
        Group(name, NAMES[name], [(value, words, value in asked.given.get(name, ())) for value, words in pairs])
        for name, pairs in offered.items()
    ]
