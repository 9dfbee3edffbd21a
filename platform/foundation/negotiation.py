"""In which form the API answers: also a caller that accepts none of them gets an answer."""

from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class LenientNegotiation(DefaultContentNegotiation):
    """Answers in the view's first form when it has none that the caller accepts (RFC 9110, section 12.4.1).

    Else a picture could not be asked for as ``image/png``.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first, *others = renderers
        if others:
            try:
                chosen: tuple[BaseRenderer, str] = super().select_renderer(request, [first, *others], format_suffix)
            except NotAcceptable:
                pass
            else:
                return chosen
        return first, first.media_type
