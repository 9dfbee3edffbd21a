"""Who may do what: a missing scope, no key, and another client's objects; none of it changes anything."""

from collections.abc import Callable
from typing import Any

import pytest
from django.forms import model_to_dict

from moderation.audit.models import Entry
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.webhooks import factories
from tests.webhooks.api.calls import DELIVERIES, ENDPOINTS, EVENTS, Caller

pytestmark = pytest.mark.django_db
SINCE = {"since": "2020-01-01T00:00:00Z"}
Call = Callable[[Caller, Delivery], Any]
CALLS: dict[str, tuple[str, Call]] = {
    "list endpoints": ("manage", lambda by, row: by.get(ENDPOINTS)),
    "create": ("manage", lambda by, row: by.post(ENDPOINTS, {"url": "https://hooks.example/"})),
    "get": ("manage", lambda by, row: by.get(f"{ENDPOINTS}/{row.endpoint_id}")),
    "change": ("manage", lambda by, row: by.patch(f"{ENDPOINTS}/{row.endpoint_id}", {"enabled": False})),
    "delete": ("manage", lambda by, row: by.delete(f"{ENDPOINTS}/{row.endpoint_id}")),
    "rotate": ("manage", lambda by, row: by.post(f"{ENDPOINTS}/{row.endpoint_id}/rotate_secret")),
    "test": ("manage", lambda by, row: by.post(f"{ENDPOINTS}/{row.endpoint_id}/test")),
    "replay": ("manage", lambda by, row: by.post(f"{ENDPOINTS}/{row.endpoint_id}/replay", SINCE)),
    "statistics": ("manage", lambda by, row: by.get(f"{ENDPOINTS}/{row.endpoint_id}/statistics")),
    "replay one": ("manage", lambda by, row: by.post(f"{DELIVERIES}/{row.pk}/replay")),
    "list deliveries": ("read", lambda by, row: by.get(DELIVERIES)),
    "delivery": ("read", lambda by, row: by.get(f"{DELIVERIES}/{row.pk}")),
    "list events": ("read", lambda by, row: by.get(EVENTS)),
    "event": ("read", lambda by, row: by.get(f"{EVENTS}/{row.event_id}")),
}
LISTS = {"list endpoints", "create", "list deliveries", "list events"}


@pytest.fixture
def row() -> Delivery:
    return factories.delivery(factories.endpoint(), state=State.FAILED)


def everything() -> list[dict[str, Any]]:
    rows = [*Endpoint.objects.order_by("pk"), *Delivery.objects.order_by("pk"), *Entry.objects.order_by("pk")]
    return [{"secret": getattr(row, "secret", None), **model_to_dict(row)} for row in rows]


@pytest.mark.parametrize("name", CALLS)
def test_a_key_without_the_scope_is_refused_and_changes_nothing(name: str, row: Delivery) -> None:
    scope, call = CALLS[name]
    others = [one for one in ("submit", "read", "decide", "manage", "learn", "models") if one != scope]
    caller = Caller(row.client, others)
    before = everything()
    answer = call(caller, row)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert everything() == before


@pytest.mark.parametrize("name", CALLS)
def test_the_scope_alone_is_enough(name: str, row: Delivery) -> None:
    scope, call = CALLS[name]
    assert call(Caller(row.client, [scope]), row).status_code < 300


@pytest.mark.parametrize("name", CALLS)
def test_nobody_is_let_in_without_a_key(name: str, row: Delivery) -> None:
    caller = Caller()
    caller.headers = {}
    before = everything()
    answer = CALLS[name][1](caller, row)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert everything() == before


@pytest.mark.parametrize("name", sorted(CALLS.keys() - LISTS))
def test_anothers_object_is_not_found_and_stays_as_it_was(name: str, row: Delivery) -> None:
    caller = Caller()
    before = everything()
    answer = CALLS[name][1](caller, row)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (404, "not-found")
    assert everything() == before
    never = factories.delivery(factories.endpoint())
    Delivery.objects.filter(pk=never.pk).delete()
    never.endpoint.delete()
    never.event.delete()
    assert CALLS[name][1](caller, never).json()["detail"] == body["detail"]


@pytest.mark.parametrize("name", ["list endpoints", "list deliveries", "list events"])
def test_anothers_objects_are_in_no_list(name: str, row: Delivery) -> None:
    assert CALLS[name][1](Caller(), row).json()["results"] == []
    assert len(CALLS[name][1](Caller(row.client), row).json()["results"]) == 1


def test_an_identifier_that_no_text_column_holds_is_not_found() -> None:
    for path in (f"{ENDPOINTS}/whe_%00", f"{DELIVERIES}/dlv_%00", f"{EVENTS}/%F0%9F%92%A9"):
        assert Caller().get(path).status_code in {400, 404}
