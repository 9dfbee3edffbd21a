"""The base of the API's views: what every endpoint does alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.clients import idempotency

Post = Callable[..., Response]


class ApiView(APIView):
    """An endpoint; ``scopes`` names the scope that each method needs, and every POST honours Idempotency-Key."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        post: Post | None = cls.__dict__.get("post")
        if post is not None:
            cls.post = _answered_once(post)  # type: ignore[attr-defined]

    def completed(self, request: Request, response: Response) -> Response:
        """Return what a POST answers, its work being committed: new, or replayed by an Idempotency-Key."""
        return response


def _answered_once(post: Post) -> Post:
    @wraps(post)
    def answered(view: ApiView, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = idempotency.answer(request, lambda: post(view, request, *args, **kwargs), view.handle_exception)
        return view.completed(request, response)

    return answered
