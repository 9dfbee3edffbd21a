"""What the client sends: the key, one Idempotency-Key over all retries, bodies, parameters; and where it sends it."""

import io
import json
import uuid
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any, cast

import pytest

from assay_client import Assay, AsyncAssay, __version__
from tests.python_client.conftest import Connect
from tests.webhooks.receiver import Answer, Received, Receiver


def said(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers)


def form(request: Received) -> dict[str, tuple[str | None, bytes]]:
    """Return the parts of a multipart body: name to file name and bytes."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parse(io.BytesIO(head + request.body))
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            cast("bytes", part.get_payload(decode=True)),
        )
        for part in parts
    }


def test_every_call_shows_the_key_and_who_calls(assay: Any, server: Receiver) -> None:
    server.say(said({}))

    assay.me()

    (request,) = server.received
    assert (request.method, request.path) == ("GET", "/api/v1/me")
    assert request.headers["authorization"] == "Bearer ask_1"
    assert request.headers["user-agent"] == f"assay-client/{__version__}"
    assert "idempotency-key" not in request.headers


def test_file_is_sent_with_its_name_and_description(assay: Any, server: Receiver, tmp_path: Path) -> None:
    server.say(said({"id": "sub_1"}, 202))
    picture = tmp_path / "portrait.jpg"
    picture.write_bytes(b"\xff\xd8picture")

    document = assay.submit_file(
        picture, external_id="post 42", author_id="u/1", metadata={"a": [1, "ü"]}, priority="high", wait=10
    )

    assert document == {"id": "sub_1"}
    (request,) = server.received
    assert (request.method, request.path) == ("POST", "/api/v1/submissions")
    assert request.headers["prefer"] == "wait=10"
    parts = form(request)
    assert parts["file"] == ("portrait.jpg", b"\xff\xd8picture")
    assert json.loads(parts.pop("metadata")[1]) == {"a": [1, "ü"]}
    assert {name: value for name, (_, value) in parts.items() if name != "file"} == {
        "external_id": b"post 42",
        "author_id": b"u/1",
        "priority": b"high",
    }


def test_bytes_are_sent_without_what_was_not_said(assay: Any, server: Receiver) -> None:
    server.say(said({"id": "sub_1"}, 202))

    assay.submit_bytes(b"picture", external_id=None)

    assert form(server.received[0]) == {"file": ("picture", b"picture")}
    assert "prefer" not in server.received[0].headers


def test_url_is_sent_as_json(assay: Any, server: Receiver) -> None:
    server.say(said({"id": "sub_1"}, 202))

    assay.submit_url("https://pictures.example/1.jpg", external_id="post-42", metadata={"a": 1})

    assert json.loads(server.received[0].body) == {
        "url": "https://pictures.example/1.jpg",
        "external_id": "post-42",
        "metadata": {"a": 1},
    }


def test_each_post_has_a_fresh_idempotency_key(assay: Any, server: Receiver) -> None:
    server.say(said({"id": "sub_1"}, 202))

    for _ in range(2):
        assay.submit_bytes(b"picture")

    keys = [json.loads(request.headers["idempotency-key"]) for request in server.received]
    assert len(set(keys)) == 2
    assert all(uuid.UUID(key).version == 4 for key in keys)


def test_given_idempotency_key_is_sent_as_a_structured_string(assay: Any, server: Receiver) -> None:
    server.say(said({"id": "sub_1"}, 202))

    assay.submit_bytes(b"picture", idempotency_key='post "42" \\')

    assert server.received[0].headers["idempotency-key"] == '"post \\"42\\" \\\\"'


def test_decision_report_and_appeal_are_posted_once_to_their_submission(assay: Any, server: Receiver) -> None:
    server.say(said({"id": "x"}, 201))

    assay.decide("sub_1", "edited", reason_code="visual_artifacts", note="seam")
    assay.report("sub_1", "real", note="we have the raw file")
    assay.appeal("sub_1", "I took it", idempotency_key="appeal-1")

    assert [(one.path, json.loads(one.body)) for one in server.received] == [
        ("/api/v1/submissions/sub_1/decisions", {"label": "edited", "reason_code": "visual_artifacts", "note": "seam"}),
        ("/api/v1/submissions/sub_1/reports", {"expected": "real", "note": "we have the raw file"}),
        ("/api/v1/submissions/sub_1/appeals", {"statement": "I took it"}),
    ]
    assert all("idempotency-key" in one.headers for one in server.received)
    assert server.received[2].headers["idempotency-key"] == '"appeal-1"'


def test_batch_is_sent_whole_and_answered_by_item(assay: Any, server: Receiver) -> None:
    results = [{"index": 0, "status": 202, "submission": {"id": "sub_1"}}, {"index": 1, "status": 422, "problem": {}}]
    server.say(said({"results": results}, 207))

    assert assay.submit_batch([{"url": "https://a.example/1"}, {"url": "ftp://b"}]) == results
    assert json.loads(server.received[0].body) == {"items": [{"url": "https://a.example/1"}, {"url": "ftp://b"}]}


@pytest.mark.parametrize("hostile", ["../me", "a/b", "a?b=c", "a#b", "ä b"])
def test_identifier_never_leads_elsewhere(assay: Any, server: Receiver, hostile: str) -> None:
    server.say(said({}))

    assay.get(hostile)
    assay.erase_author(hostile)

    assert all(request.path.count("/") == 4 and "?" not in request.path for request in server.received)


def test_list_goes_through_every_page_with_its_filters(assay: Any, server: Receiver) -> None:
    pages = [
        {"results": [{"id": "3"}, {"id": "2"}], "next": "http://elsewhere.example/api/v1/submissions?limit=2&before=2"},
        {"results": [{"id": "1"}], "next": None},
    ]
    server.say(*(said(page) for page in pages))
    since = datetime(2026, 11, 21, 9, tzinfo=UTC)

    found = list(assay.submissions(limit=2, verdict="edited", min_probability=0.5, created_after=since))

    assert [one["id"] for one in found] == ["3", "2", "1"]
    assert [request.path for request in server.received] == [
        "/api/v1/submissions?limit=2&verdict=edited&min_probability=0.5&created_after=2026-11-21T09%3A00%3A00Z",
        "/api/v1/submissions?limit=2&before=2",
    ]


def test_time_without_a_zone_is_refused_before_anything_is_sent(assay: Any, server: Receiver) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        list(assay.submissions(created_after=datetime(2026, 11, 21)))  # noqa: DTZ001  that is what is refused

    assert server.received == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("submissions", "/api/v1/submissions"),
        ("reports", "/api/v1/reports"),
        ("appeals", "/api/v1/appeals"),
        ("erasures", "/api/v1/erasures"),
    ],
)
def test_every_list_is_where_the_contract_has_it(assay: Any, server: Receiver, name: str, path: str) -> None:
    server.say(said({"results": [], "next": None}))

    assert list(getattr(assay, name)()) == []
    assert [request.path for request in server.received] == [path]


def test_other_calls_are_made_by_hand(assay: Any, server: Receiver) -> None:
    server.say(said({"results": []}), said({"id": "whe_1"}, 201), Answer(204))

    assert assay.request("GET", "/policies", limit=5) == {"results": []}
    assert assay.request("POST", "/webhook_endpoints", {"url": "https://hooks.example"}) == {"id": "whe_1"}
    assert assay.request("DELETE", "/webhook_endpoints/whe_1") is None

    got, posted, deleted = server.received
    assert (got.path, deleted.method) == ("/api/v1/policies?limit=5", "DELETE")
    assert json.loads(posted.body) == {"url": "https://hooks.example"}
    assert "idempotency-key" in posted.headers


def test_redirect_is_not_followed_so_that_the_key_stays(assay: Any, server: Receiver) -> None:
    server.say(Answer(307, headers={"Location": f"{server.url}/elsewhere"}))

    with pytest.raises(Exception, match="307"):
        assay.me()

    assert [request.path for request in server.received] == ["/api/v1/me"]


def test_both_clients_have_the_same_calls_and_show_no_key() -> None:
    def calls(kind: type) -> set[str]:
        return {name.replace("aclose", "close") for name in vars(kind) if not name.startswith("_")}

    assert calls(Assay) == calls(AsyncAssay)
    for one in (Assay("https://a.example", key="ask_secret"), AsyncAssay("https://a.example", key="ask_secret")):
        assert "ask_secret" not in repr(one)


@pytest.mark.parametrize("key", ["", " ", "ask_secret\nX-Other: 1", "ask_secret\x00", "ask_sécret"])
def test_key_that_is_none_is_refused_without_being_shown(key: str) -> None:
    for kind in (Assay, AsyncAssay):
        with pytest.raises(ValueError, match="The key is empty") as raised:
            kind("https://a.example", key=key)
        assert "cret" not in str(raised.value)


def test_line_end_after_the_key_is_not_part_of_it(connect: Connect, server: Receiver) -> None:
    server.say(said({}))

    connect(server.url, key="ask_1\n").me()

    assert server.received[0].headers["authorization"] == "Bearer ask_1"
