"""The problem types of HTTP.md, each with what its page says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a slug of HTTP.md means: its HTTP status, its title, what happened, and what the caller can do."""

    status: int
    title: str
    meaning: str
    advice: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(
        400,
        "The request could not be read",
        "The body is cut short or not of the form that its content type announces, or a header cannot be read.",
        "Check the syntax of the body and its content type.",
    ),
    "unauthenticated": Kind(
        401,
        "Who is calling?",
        "No key was sent, or one that is unknown, expired or revoked.",
        "Send a valid key as 'Authorization: Bearer <key>'.",
    ),
    "forbidden": Kind(
        403,
        "Not allowed",
        "The key or the person is known, and lacks the right to do this. Nothing was changed.",
        "Use a key or an account with the right that is named.",
    ),
    "not-found": Kind(
        404,
        "Nothing here",
        "There is no such address or object, or the object is another client's.",
        "Check the identifier. Another client's object looks the same.",
    ),
    "method-not-allowed": Kind(
        405,
        "Wrong method",
        "The address exists, but not for this HTTP method.",
        "The Allow header lists what this address accepts.",
    ),
    "conflict": Kind(
        409,
        "In conflict with the present state",
        "The object is in a state in which this cannot be done; perhaps somebody was faster.",
        "Read the object again and decide anew.",
    ),
    "idempotency-in-progress": Kind(
        409,
        "The first request still runs",
        "Another request with the same Idempotency-Key is being answered. This one did nothing.",
        "Wait as Retry-After says, then send again.",
    ),
    "gone": Kind(
        410,
        "Erased",
        "The object was here, and was erased with everything that belonged to it.",
        "The object was deleted and cannot be brought back.",
    ),
    "too-large": Kind(
        413,
        "Too large",
        "The body, or one of its parts, has more bytes than this site reads. It was not read to the end.",
        "Send fewer bytes; the limit stands in the detail.",
    ),
    "unsupported-media-type": Kind(
        415,
        "Not an accepted format",
        "The request's content type is none that is read here, or the file is none of the accepted image formats.",
        "Send JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP or MPO, judged by content.",
    ),
    "invalid": Kind(
        422,
        "Some values are not valid",
        "The request was read, and one or more of its values cannot be. Nothing was changed.",
        "Each entry of 'errors' names a field and its fault.",
    ),
    "image-undecodable": Kind(
        422,
        "The image does not decode",
        "The file begins like an image and cannot be decoded to its end.",
        "The file is damaged or cut short; send it again.",
    ),
    "image-too-many-pixels": Kind(
        422,
        "The image is too large to look at",
        "The image has more pixels, a longer side or more frames than this site decodes.",
        "Scale it down; see the limit.",
    ),
    "image-too-small": Kind(
        422,
        "The image is too small to judge",
        "On so few pixels no model can say anything that means something.",
        "Send at least 32 pixels on each side.",
    ),
    "idempotency-key-reused": Kind(
        422,
        "This key was used for another request",
        "The same Idempotency-Key came within a day with another body to the same address. This request did nothing.",
        "Use a fresh Idempotency-Key.",
    ),
    "url-forbidden": Kind(
        422,
        "This address is not allowed",
        "The address is not http or https, holds credentials, or leads to a network that is not public.",
        "Use a public http or https address.",
    ),
    "url-unreachable": Kind(
        422,
        "The address could not be fetched",
        "The name does not resolve, the server did not answer in time, or it answered with something else than 200.",
        "Check that it answers, or send the file.",
    ),
    "rate-limited": Kind(
        429,
        "Too many requests",
        "The client, the key or the address has used up what it may call in a minute. This request did nothing.",
        "Wait as Retry-After says.",
    ),
    "internal": Kind(
        500,
        "Our fault",
        "Something failed that nobody foresaw. It was logged with the request's id.",
        "Try again; if it lasts, tell the operator the instance.",
    ),
    "unavailable": Kind(
        503,
        "Not available now",
        "A part that this request needs does not answer at the moment.",
        "Try again shortly.",
    ),
}
AGAIN = frozenset({"idempotency-in-progress", "rate-limited", "internal", "unavailable"})
"""The problems that may pass by themselves: the same request can succeed later."""
