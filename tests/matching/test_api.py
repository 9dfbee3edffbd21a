"""GET, POST and DELETE of known images: what they take, whom they refuse, and that a refusal changes nothing."""

import json
from typing import Any

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from detector.images import read
from detector.perceptual import crops, hashes
from moderation.audit.models import Entry
from moderation.clients.models import Client, Role
from moderation.matching import services
from moderation.matching.models import KnownHash, KnownImage
from tests.factories import ClientFactory, SubmissionFactory, key, person, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/known_images"
SHA256 = "ab" * 32
PHASH = "0f" * 32
PASSWORD = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


@pytest.fixture
def secret(harbour: Client) -> str:
    return key(harbour, ["read", "decide"])[1]


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def post(browser: Browser, secret: str, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return browser.post(URL, text, content_type="application/json", headers={**bearer(secret), **headers})


def upload(browser: Browser, secret: str, data: bytes, **fields: str) -> Any:
    form = {"file": SimpleUploadedFile("a.png", data), **fields}
    return browser.post(URL, form, headers=bearer(secret))


def get(browser: Browser, secret: str, path: str = URL) -> Any:
    return browser.get(path, headers=bearer(secret))


def pointers(answer: Any) -> list[str]:
    return [error.get("pointer") or error["parameter"] for error in answer.json()["errors"]]


def test_hashes_are_put_into_the_bank(client: Browser, harbour: Client, secret: str) -> None:
    answer = post(client, secret, {"sha256": SHA256.upper(), "phash": PHASH, "label": "edited", "note": "a hoax"})

    assert answer.status_code == 201
    known = KnownImage.objects.get()
    assert answer.json() == {
        "id": known.pk,
        "sha256": SHA256,
        "phash": PHASH,
        "label": "edited",
        "note": "a hoax",
        "source": "bank",
        "submission": None,
        "created_at": answer.json()["created_at"],
    }
    assert known.pk.startswith("kim_")
    assert answer["Location"] == f"http://testserver{URL}/{known.pk}"
    assert known.client == harbour
    assert [bytes(one.bits).hex() for one in KnownHash.objects.all()] == [PHASH]
    assert Entry.objects.get(action="known_image.added").actor.startswith("key_")


@pytest.mark.parametrize("given", [{"sha256": SHA256}, {"phash": PHASH}])
def test_one_hash_is_enough(client: Browser, secret: str, given: dict[str, str]) -> None:
    answer = post(client, secret, {**given, "label": "real"})

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in ("sha256", "phash")} == {"sha256": None, "phash": None, **given}


def test_picture_is_hashed_with_its_crops_and_not_kept(
    client: Browser, secret: str, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    data = picture(200, 150)

    answer = upload(client, secret, data, label="ai_generated", note="from the bank")

    pixels = read(data).pixels
    assert answer.status_code == 201
    assert answer.json()["sha256"] == read(data).facts.sha256
    assert answer.json()["phash"] == hashes(pixels)[0].hex()
    filed = [bytes(one.bits) for one in KnownHash.objects.order_by("pk")]
    assert filed == list(dict.fromkeys([*hashes(pixels), *crops(pixels)]))
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"label": "edited"}, ["#"]),
        ({"sha256": "", "phash": "", "label": "edited"}, ["#/sha256", "#/phash"]),
        ({"sha256": SHA256}, ["#/label"]),
        ({"sha256": SHA256, "label": "cannot_tell"}, ["#/label"]),
        ({"sha256": SHA256, "label": "uncertain"}, ["#/label"]),
        ({"sha256": SHA256, "label": None}, ["#/label"]),
        ({"sha256": SHA256, "label": ["real"]}, ["#/label"]),
        ({"sha256": SHA256[:-1], "label": "real"}, ["#/sha256"]),
        ({"sha256": SHA256[:-1] + "g", "label": "real"}, ["#/sha256"]),
        ({"sha256": SHA256[:-1] + "²", "label": "real"}, ["#/sha256"]),
        ({"sha256": SHA256[:-2] + "\x00\x00", "label": "real"}, ["#/sha256"]),
        ({"sha256": 12, "label": "real"}, ["#/sha256"]),
        ({"phash": PHASH + "00", "label": "real"}, ["#/phash"]),
        ({"phash": None, "label": "real"}, ["#/phash"]),
        ({"phash": [PHASH], "label": "real"}, ["#/phash"]),
        ({"phash": PHASH, "label": "real", "note": "x" * 2001}, ["#/note"]),
        ({"phash": PHASH, "label": "real", "note": "\x00"}, ["#/note"]),
        ({"phash": PHASH, "label": "real", "note": {}}, ["#/note"]),
        ([], ["#"]),
        ("text", ["#"]),
        (None, ["#"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(client: Browser, secret: str, body: Any, at: list[str]) -> None:
    answer = post(client, secret, json.dumps(body))

    assert answer.status_code == 422
    assert pointers(answer) == at
    assert not KnownImage.objects.exists()


@pytest.mark.parametrize(
    ("data", "fields", "status"),
    [
        (b"", {"label": "real"}, 415),
        (b"no picture", {"label": "real"}, 415),
        (picture(200, 150)[:90], {"label": "real"}, 422),
        (picture(20, 20), {"label": "real"}, 422),
        (picture(200, 150), {}, 422),
        (picture(200, 150), {"label": "fake"}, 422),
    ],
)
def test_upload_that_cannot_be_is_refused(
    client: Browser, secret: str, data: bytes, fields: dict[str, str], status: int
) -> None:
    answer = upload(client, secret, data, **fields)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not KnownImage.objects.exists()


@pytest.mark.parametrize("text", ["{", "", "\ufeff{}", '{"label": "real", "sha256": NaN}', "[" * 500])
def test_what_is_no_json_is_malformed(client: Browser, secret: str, text: str) -> None:
    answer = post(client, secret, text)

    assert (answer.status_code, answer.json()["code"]) in {(400, "malformed"), (422, "invalid")}
    assert not KnownImage.objects.exists()


def test_same_picture_twice_is_a_conflict_that_names_the_first(client: Browser, secret: str) -> None:
    first = post(client, secret, {"sha256": SHA256, "label": "real"}).json()

    answer = post(client, secret, {"sha256": SHA256, "label": "edited"})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert first["id"] in answer.json()["detail"]
    assert KnownImage.objects.get().label == "real"


def test_retry_with_its_idempotency_key_is_answered_alike(client: Browser, secret: str) -> None:
    body = {"sha256": SHA256, "label": "real"}
    first, again = (post(client, secret, body, **{"idempotency-key": "one"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert KnownImage.objects.count() == 1


def test_list_shows_the_clients_own_newest_first(client: Browser, harbour: Client, secret: str) -> None:
    services.add(ClientFactory.create(), services.Entry("edited", sha256=SHA256), actor="test")
    made = [post(client, secret, {"sha256": f"{n:064x}", "label": "real"}).json() for n in range(3)]
    submission = SubmissionFactory.create(client=harbour)
    services.teach(submission, "ai_generated")

    listed = get(client, secret).json()

    assert listed["results"][1:] == made[::-1]
    taught = listed["results"][0]
    assert (taught["source"], taught["submission"], taught["sha256"]) == (
        "decision",
        submission.pk,
        submission.picture.sha256,
    )
    assert (listed["next"], listed["previous"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("label=real", ["b"]),
        ("label=edited", ["a"]),
        ("source=bank", ["b", "a"]),
        ("source=decision", []),
        (f"sha256={'a' * 64}", ["a"]),
        ("sha256=x", []),
        ("limit=1", ["b"]),
        ("label=real&source=bank", ["b"]),
    ],
)
def test_list_is_narrowed_by_filters(client: Browser, secret: str, query: str, expected: list[str]) -> None:
    post(client, secret, {"sha256": "a" * 64, "label": "edited"})
    post(client, secret, {"sha256": "b" * 64, "label": "real"})

    assert [one["sha256"][0] for one in get(client, secret, f"{URL}?{query}").json()["results"]] == expected


@pytest.mark.parametrize("query", ["label=fake", "source=", "colour=red", "limit=0", "limit=201", "sha256=%00"])
def test_filter_that_cannot_be_is_refused(client: Browser, secret: str, query: str) -> None:
    answer = get(client, secret, f"{URL}?{query}")

    assert answer.status_code == 422
    assert pointers(answer) == [query.partition("=")[0]]


def test_known_image_is_read_and_deleted(client: Browser, secret: str) -> None:
    made = post(client, secret, {"phash": PHASH, "label": "real"}).json()
    path = f"{URL}/{made['id']}"

    assert get(client, secret, path).json() == made
    assert client.delete(path, headers=bearer(secret)).status_code == 204
    assert client.delete(path, headers=bearer(secret)).status_code == 404
    assert get(client, secret, path).status_code == 404
    assert not KnownHash.objects.exists()
    assert Entry.objects.filter(action="known_image.removed", object_id=made["id"]).count() == 1


def test_foreign_key_finds_nothing_and_changes_nothing(client: Browser, secret: str) -> None:
    made = post(client, secret, {"phash": PHASH, "label": "real"}).json()
    foreign = key()[1]

    for path in (f"{URL}/{made['id']}", f"{URL}/kim_nothing", f"{URL}/%00"):
        assert get(client, foreign, path).status_code == 404
        assert client.delete(path, headers=bearer(foreign)).status_code == 404
    assert get(client, foreign).json()["results"] == []
    assert get(client, secret, f"{URL}/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("method", "scope"), [("get", "read"), ("post", "decide"), ("delete", "decide")], ids=["get", "post", "delete"]
)
def test_scope_is_needed(client: Browser, harbour: Client, secret: str, method: str, scope: str) -> None:
    made = post(client, secret, {"phash": PHASH, "label": "real"}).json()
    others = [one for one in ("submit", "read", "decide", "manage", "learn", "models") if one != scope]
    weak = key(harbour, others)[1]
    path = f"{URL}/{made['id']}" if method == "delete" else URL
    body = {"data": {"sha256": SHA256, "label": "real"}, "content_type": "application/json"}

    answer = getattr(client, method)(path, headers=bearer(weak), **(body if method == "post" else {}))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert scope in answer.json()["detail"]
    assert KnownImage.objects.count() == 1
    assert client.get(URL).status_code == 401


def test_moderator_reads_and_deletes_but_belongs_to_no_client_to_add_for(client: Browser, secret: str) -> None:
    made = post(client, secret, {"phash": PHASH, "label": "real"}).json()
    client.force_login(person(Role.MODERATOR), PASSWORD)

    assert [one["id"] for one in client.get(URL).json()["results"]] == [made["id"]]
    refused = client.post(URL, {"sha256": SHA256, "label": "real"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert client.delete(f"{URL}/{made['id']}").status_code == 204
    assert Entry.objects.get(action="known_image.removed").actor.startswith("person:")


@pytest.mark.parametrize(("path", "methods"), [(URL, "GET, POST"), (f"{URL}/kim_1", "GET, DELETE")])
def test_other_methods_are_refused_with_those_that_are_not(
    client: Browser, secret: str, path: str, methods: str
) -> None:
    answer = client.put(path, headers=bearer(secret))

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert set(methods.split(", ")) <= set(answer["Allow"].split(", "))


def test_answers_are_what_the_published_schema_promises(client: Browser, secret: str) -> None:
    served = client.get("/api/schema/?format=json").json()
    schema = {"$ref": "#/components/schemas/KnownImagePageSchema", "components": served["components"]}
    post(client, secret, {"phash": PHASH, "label": "real"})
    upload(client, secret, picture(200, 150), label="edited")

    body = get(client, secret).json()

    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(body)] == []
    assert set(served["paths"][URL]["post"]["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
