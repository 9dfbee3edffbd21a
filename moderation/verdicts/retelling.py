"""Sentences that are stored in English, told again in the reader's language.

Reasons, failures and what a file says of its origin are stored as sentences, because programs read them. A page takes
such a sentence apart by its known form, translates the form, and puts the figures and names back. What has no known
form (a policy of another version wrote it, a model's author did) is shown as it is stored.
"""

import re
from collections.abc import Callable
from functools import cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
READING = (
    _("The %(role)s model puts %(share)s on %(what)s; between %(low)s and %(high)s this policy does not answer."),
    _("The %(role)s model puts %(share)s on %(what)s; this policy blocks from %(limit)s."),
    _("The %(role)s model puts %(share)s on %(what)s; this policy names it from %(limit)s."),
    _(
        "The %(role)s model, face %(face)s of %(faces)s, puts %(share)s on %(what)s;"
        " between %(low)s and %(high)s this policy does not answer."
    ),
    _("The %(role)s model, face %(face)s of %(faces)s, puts %(share)s on %(what)s; this policy blocks from %(limit)s."),
    _(
        "The %(role)s model, face %(face)s of %(faces)s, puts %(share)s on %(what)s;"
        " this policy names it from %(limit)s."
    ),
)
REASONS = (
    *READING,
    _("%(sentence)s This policy believes signers on the trust list."),
    _("This very file is known here as %(what)s, and this policy goes by that."),
    _(
        "The picture is a near copy of one that is known here as %(what)s (%(distance)s of 256 bits differ),"
        " and this policy goes by that."
    ),
    _("The %(role)s model did not run, and this policy answers “no sign” only when it has."),
    _(
        "The %(roles)s model stayed below the level at which this policy asks a person."
        " That is no proof that the picture is authentic."
    ),
    _(
        "The %(roles)s models stayed below the level at which this policy asks a person."
        " That is no proof that the picture is authentic."
    ),
    _(
        "No model had anything to say of the picture, and this policy requires none to have."
        " That is no proof that the picture is authentic."
    ),
    _("A moderator looked at the picture and decided: %(what)s."),
    _("A moderator's decision was undone; the verdict before it stands again."),
)
ORIGINS = (
    _("A manifest signed by %(name)s, who is on the trust list, %(claim)s."),
    _("A manifest signed by %(name)s, who is not on the trust list, %(claim)s."),
    _("A manifest signed by %(name)s, whose certificate has expired, %(claim)s."),
    _(
        "A manifest signed by %(name)s %(claim)s. It does not belong to the file as it is:"
        " the file or the manifest was changed."
    ),
    _("The manifest of the picture that this one was made from, by %(name)s, says: AI-generated."),
    _("The file says that its C2PA manifest is kept at %(name)s. It was not fetched."),
    _("An exposure is given (%(settings)s), but no camera."),
    _("The camera is given as %(name)s, with %(settings)s."),
    _("The camera is given as %(name)s, without an exposure."),
    _("The software is given as %(name)s, which generates images."),
    _("The software is given as %(name)s, which edits images; saving in it alone leaves this tag too."),
    _("The software is given as %(name)s."),
    _("The credit line says “%(name)s”."),
    _("The digital source type is “%(name)s”, which IPTC does not list."),
    _("The digital source type says: %(meaning)s."),
    _("A text of the kind that %(name)s leaves in its images stands in “%(key)s”."),
)
CLAIMS = (
    _("says that the picture is AI-generated"),
    _("says that the picture was edited"),
    _("says that the picture comes from a camera"),
    _("does not say how the picture was made"),
    _("says of the picture: %(meaning)s"),
)
FAILURES = (
    _("The image has too many pixels."),
    _("The image is damaged or incomplete."),
    _("The file has %(number)s bytes; at most %(most)s are accepted."),
    _("The file is not an image of an accepted type."),
    _("The image measures %(width)s x %(height)s pixels, which is too many."),
    _("The image measures %(width)s x %(height)s pixels; a side needs %(least)s."),
    _("The image has %(number)s frames, which is too many."),
    _("What lies at this address is no image of an accepted type."),
    _("Analysis failed %(number)s times. Last: %(sentence)s"),
    _("Analysis failed %(number)s times."),
    _("Fetching the picture failed %(number)s times on our side."),
    _("The worker stopped before it was done."),
    _("The worker stopped before the answer was noted."),
    _("It redirects more than %(number)s times."),
    _("It answered %(number)s without saying where to go."),
    _("It answered %(number)s; redirects are not followed."),
    _("It answered %(number)s."),
    _("It redirects to what is not a valid address."),
    _("The file is larger than %(number)s bytes."),
    _("It did not answer in time."),
    _("The name has no address."),
    _("The name could not be looked up in time."),
    _("The name could not be resolved."),
    _("The address leads to a private, local or reserved network, which is not allowed."),
    _("The attempt failed on our side."),
    _("The endpoint answered 410 Gone."),
    _("Every attempt failed for %(number)s days."),
    _("Disabled by an administrator."),
)
REFUSALS = (
    _("Choose at least one submission."),
    _("At most %(number)s submissions can be decided at once; narrow the selection."),
    _("Must be lead or administrator, or a person who may review this client."),
    _("This person does not review this client's pictures."),
    _("It would be larger than 4 GB. Narrow the filter."),
    _("It could not be made."),
    _("Must be one of %(choices)s."),
    _("Must be at most %(number)s characters."),
    _("At most %(number)s characters."),
    _("Line %(number)s is no MD5, SHA-1 or SHA-256."),
    _("Only the role %(role)s lifts a seal."),
    _("Only the role %(role)s keeps the list of known files."),
    _("An archive holds %(number)s pictures at most. Narrow the filter."),
    _("%(number)s of your archives are being made. Wait for one of them."),
    _("Give the view a name of at most %(number)s characters."),
    _("You keep %(number)s views already. Remove one first."),
    _("That was %(number)s within an hour. Try again in %(minutes)s min."),
    _("The request is too large: an image may have %(number)s bytes."),
    _("Must name an action for each of %(choices)s."),
    _("Must have at most %(number)s roles."),
    _("Must rise: review <= label <= block."),
    _("Each must be above 0 and at most 1; block may be null (never)."),
    _("The policy was not saved."),
)
WHAT = (_("AI-generated"), _("editing"), _("real"), _("edited"), _("ai-generated"), _("cannot tell"))
AND = _("%(some)s and %(last)s")


def retell(text: str) -> str:
    """Return a stored sentence or a problem's detail in the reader's language, as it is where its form is unknown."""
    if (get_language() or "en").startswith("en"):
        return text
    told = gettext(text)
    return told if told != text else _filled(text, REASONS + ORIGINS + FAILURES + REFUSALS)


def _filled(text: str, forms: tuple[str, ...]) -> str:
    for form in forms:
        if found := _shape(form).fullmatch(text):
            values = {name: VALUES.get(name, str)(value) for name, value in found.groupdict().items()}
            return gettext(form) % values if values else gettext(form)
    return text


@cache
def _shape(form: str) -> re.Pattern[str]:
    """Return what a text of this form looks like; each placeholder stands for as little as can be."""
    parts = PLACEHOLDER.split(form)
    literal = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts)]
    return re.compile("".join(literal), re.DOTALL)


def _claim(text: str) -> str:
    return _filled(text, CLAIMS)


def _what(text: str) -> str:
    return gettext(text) if text in WHAT else text


def _roles(text: str) -> str:
    return _filled(text, (AND,))


VALUES: dict[str, Callable[[str], str]] = {"sentence": retell, "claim": _claim, "what": _what, "roles": _roles}
