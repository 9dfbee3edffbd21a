"""The problem types of HTTP.md, each with what its page says."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Kind:
    """What a slug of HTTP.md means: its HTTP status, its title, what happened, and what the caller can do.

    Problem documents say it in English, pages in the reader's language.
    """

    status: int
    title: str
    meaning: str
    advice: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(
        400,
        _("The request could not be read"),
        _("The body is cut short or not of the form that its content type announces, or a header cannot be read."),
        _("Check the syntax of the body and its content type."),
    ),
    "unauthenticated": Kind(
        401,
        _("Who is calling?"),
        _("No key was sent, or one that is unknown, expired or revoked."),
        _("Send a valid key as 'Authorization: Bearer <key>'."),
    ),
    "forbidden": Kind(
        403,
        _("Not allowed"),
        _("The key or the person is known, and lacks the right to do this. Nothing was changed."),
        _("Use a key or an account with the right that is named."),
    ),
    "not-found": Kind(
        404,
        _("Nothing here"),
        _("There is no such address or object, or the object is another client's."),
        _("Check the identifier. Another client's object looks the same."),
    ),
    "method-not-allowed": Kind(
        405,
        _("Wrong method"),
        _("The address exists, but not for this HTTP method."),
        _("The Allow header lists what this address accepts."),
    ),
    "conflict": Kind(
        409,
        _("In conflict with the present state"),
        _("The object is in a state in which this cannot be done; perhaps somebody was faster."),
        _("Read the object again and decide anew."),
    ),
    "idempotency-in-progress": Kind(
        409,
        _("The first request still runs"),
        _("Another request with the same Idempotency-Key is being answered. This one did nothing."),
        _("Wait as Retry-After says, then send again."),
    ),
    "gone": Kind(
        410,
        _("Erased"),
        _("The object was here, and was erased with everything that belonged to it."),
        _("The object was deleted and cannot be brought back."),
    ),
    "too-large": Kind(
        413,
        _("Too large"),
        _("The body, or one of its parts, has more bytes than this site reads. It was not read to the end."),
        _("Send fewer bytes; the limit stands in the detail."),
    ),
    "unsupported-media-type": Kind(
        415,
        _("Not an accepted format"),
        _("The request's content type is none that is read here, or the file is none of the accepted image formats."),
        _("Send JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP or MPO, judged by content."),
    ),
    "invalid": Kind(
        422,
        _("Some values are not valid"),
        _("The request was read, and one or more of its values cannot be. Nothing was changed."),
        _("Each entry of 'errors' names a field and its fault."),
    ),
    "image-undecodable": Kind(
        422,
        _("The image does not decode"),
        _("The file begins like an image and cannot be decoded to its end."),
        _("The file is damaged or cut short; send it again."),
    ),
    "image-too-many-pixels": Kind(
        422,
        _("The image is too large to look at"),
        _("The image has more pixels, a longer side or more frames than this site decodes."),
        _("Scale it down; see the limit."),
    ),
    "image-too-small": Kind(
        422,
        _("The image is too small to judge"),
        _("On so few pixels no model can say anything that means something."),
        _("Send at least 32 pixels on each side."),
    ),
    "idempotency-key-reused": Kind(
        422,
        _("This key was used for another request"),
        _("The same Idempotency-Key came within a day with another body to this address. This request did nothing."),
        _("Use a fresh Idempotency-Key."),
    ),
    "url-forbidden": Kind(
        422,
        _("This address is not allowed"),
        _("The address is not http or https, holds credentials, or leads to a network that is not public."),
        _("Use a public http or https address."),
    ),
    "url-unreachable": Kind(
        422,
        _("The address could not be fetched"),
        _("The name does not resolve, the server did not answer in time, or it answered with something else than 200."),
        _("Check that it answers, or send the file."),
    ),
    "rate-limited": Kind(
        429,
        _("Too many requests"),
        _("The client, the key or the address has used up what it may call in a minute. This request did nothing."),
        _("Wait as Retry-After says."),
    ),
    "internal": Kind(
        500,
        _("Our fault"),
        _("Something failed that nobody foresaw. It was logged with the request's id."),
        _("Try again; if it lasts, tell the operator the instance."),
    ),
    "unavailable": Kind(
        503,
        _("Not available now"),
        _("A part that this request needs does not answer at the moment."),
        _("Try again shortly."),
    ),
}
AGAIN = frozenset({"idempotency-in-progress", "rate-limited", "internal", "unavailable"})
"""The problems that may pass by themselves: the same request can succeed later."""
