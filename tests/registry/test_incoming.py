"""A bundle from outside is copied, registered and put in service whole, or refused in one line."""

import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from django.db import connection

from detector import bundles
from detector.inputs import InputSpec
from moderation.audit.models import Entry
from moderation.registry import incoming, services
from moderation.registry.incoming import Refused, register
from moderation.registry.models import ModelState, ModelVersion
from tests.detector.bundles_for_tests import MIDDLE
from tests.factories import ModelVersionFactory
from tests.registry.bundles_for_tests import rewrite_card, write


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def kept(tmp_path: Path) -> list[str]:
    media = tmp_path / "media"
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def command(*arguments: str) -> str:
    told = io.StringIO()
    call_command("register_bundle", *arguments, stdout=told)
    return told.getvalue()


@pytest.mark.django_db
def test_a_bundle_is_copied_registered_and_written_into_the_log(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine")
    card = bundles.read_card(folder)

    model = register(folder, actor="test")

    assert (model.role, model.name, model.version) == ("general", "mine", "1.0.0")
    assert (model.state, model.weights_sha256) == (ModelState.CHALLENGER, card.weights_sha256)
    assert model.location == f"bundles/general/mine/1.0.0/{card.weights_sha256[:16]}"
    assert kept(tmp_path) == [f"{model.location}/card.json", f"{model.location}/weights.safetensors"]
    shutil.rmtree(folder)
    assert bundles.load(services.folder(model)).card == card
    entry = Entry.objects.get(action="model.registered")
    assert (entry.actor, entry.object_id, entry.data["weights_sha256"]) == ("test", model.pk, card.weights_sha256)
    assert services.in_service() == {}


@pytest.mark.django_db
def test_the_command_puts_it_in_service(tmp_path: Path) -> None:
    before = ModelVersionFactory.create()
    told = command(str(write(tmp_path / "mine")), "--promote", "general")

    serving = services.in_service()["general"]
    before.refresh_from_db()
    assert (serving.name, before.state) == ("mine", ModelState.RETIRED)
    assert told == "general: mine 1.0.0 (in_service)\n"
    assert Entry.objects.filter(action="model.promoted", object_id=serving.pk).count() == 1


@pytest.mark.django_db
def test_the_same_bundle_again_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine")
    first = register(folder, actor="test")
    assert register(folder, actor="test") == first
    assert ModelVersion.objects.count() == 1
    assert Entry.objects.filter(action="model.registered").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "told"), [({"seed": 1}, "other weights"), ({"licence": "other"}, "another card")])
def test_a_name_and_version_never_change_their_meaning(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    known = register(write(tmp_path / "one"), actor="test")
    with pytest.raises(Refused, match=f"mine 1.0.0 is registered already with {told}"):
        register(write(tmp_path / "two", **changes), actor="test")
    assert list(ModelVersion.objects.all()) == [known]
    assert len(kept(tmp_path)) == 2


def damaged(folder: Path, how: str) -> None:
    weights, card = folder / "weights.safetensors", folder / "card.json"
    if how == "weights changed":
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(content)
    elif how == "weights missing":
        weights.unlink()
    elif how == "weights a folder":
        weights.unlink()
        weights.mkdir()
    elif how == "card missing":
        card.unlink()
    elif how == "card empty":
        card.write_text("")
    elif how == "card binary":
        card.write_bytes(bytes(range(256)))
    elif how == "card too deep":
        card.write_text("[" * 100_000)
    elif how == "card too long":
        card.write_bytes(b" " * 1_000_001)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("weights changed", "not those that its card names"),
        ("weights missing", "weights.safetensors is missing or no file"),
        ("weights a folder", "weights.safetensors is missing or no file"),
        ("card missing", "card.json is missing or no file"),
        ("card empty", "card.json is not a card"),
        ("card binary", "card.json is not a card"),
        ("card too deep", "no bundle: RecursionError"),
        ("card too long", "card.json is larger than 1 MB"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line_and_leaves_nothing(tmp_path: Path, how: str, told: str) -> None:
    folder = write(tmp_path / "mine")
    damaged(folder, how)
    with pytest.raises(CommandError, match=told) as caught:
        command(str(folder))
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    assert not ModelVersion.objects.exists()
    assert kept(tmp_path) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "../../../etc", "The card's name must be at most 64"),
        ("name", "a/../b", "The card's name"),
        ("name", "a..b", "The card's name"),
        ("name", "", "The card's name"),
        ("name", "x" * 65, "The card's name"),
        ("name", "mine\n", "The card's name"),
        ("name", 7, "The card's name"),
        ("name", None, "The card's name"),
        ("version", "/etc/passwd", "The card's version must be at most 32"),
        ("version", "1.0\x00", "The card's version"),
        ("version", ["1"], "The card's version"),
        ("caveats", ["a\x00b"], "characters that a database cannot keep"),
        ("caveats", ["\ud800"], "characters that a database cannot keep"),
        ("metrics", {"accuracy": float("nan")}, "numbers or characters that a database cannot keep"),
        ("architecture", "transformer", "unknown architecture"),
        ("architecture", ["cifake-4x1"], "This is no bundle: "),
        ("architecture", "cifake-8x1", "do not fit"),
        ("explained", "middle", "no map named 'middle'"),
        ("explanation", "tea-leaves", "cannot be explained by 'tea-leaves'"),
        ("explanation", "local", "cannot be explained by 'local'"),
        ("role", "../general", "is not a card"),
        ("weights_sha256", "0" * 64, "not those that its card names"),
    ],
)
def test_a_hostile_card_is_refused_in_one_line_and_leaves_nothing(
    tmp_path: Path, field: str, value: Any, told: str
) -> None:
    folder = write(tmp_path / "mine")
    rewrite_card(folder, **{field: value})
    with pytest.raises(Refused, match=told) as caught:
        register(folder, actor="test")
    assert "\n" not in str(caught.value)
    assert not ModelVersion.objects.exists()
    assert kept(tmp_path) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (InputSpec(64, MIDDLE, MIDDLE), "cannot judge a picture of 64 pixels"),
        (InputSpec(32, MIDDLE, MIDDLE, views=("whole", "upside-down")), "upside-down"),
        (InputSpec(32, MIDDLE, (1e-44, 1e-44, 1e-44)), "no numbers"),
    ],
)
def test_a_bundle_that_loads_but_cannot_judge_is_refused(tmp_path: Path, spec: InputSpec, told: str) -> None:
    folder = write(tmp_path / "mine", input=spec)
    with pytest.raises(Refused, match=told):
        register(folder, actor="test")
    assert not ModelVersion.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["face", "", "../general"])
def test_a_bundle_of_another_role_is_not_put_in_service(tmp_path: Path, role: str) -> None:
    before = ModelVersionFactory.create(role="face")
    with pytest.raises(Refused, match="made for the role 'general'"):
        register(write(tmp_path / "mine"), role=role, actor="test")
    assert list(ModelVersion.objects.all()) == [before]
    assert kept(tmp_path) == []


@pytest.mark.django_db
def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is missing or no file"):
        register(tmp_path / "nowhere", actor="test")


@pytest.mark.django_db
def test_what_is_kept_is_what_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "mine")
    load = bundles.load

    def change_behind_the_back(place: Path) -> Any:
        write(folder, seed=9, licence="another")
        return load(place)

    monkeypatch.setattr(bundles, "load", change_behind_the_back)
    model = register(folder, actor="test")

    assert bundles.read_card(services.folder(model)).licence == "made by a test"
    assert load(services.folder(model)).card.weights_sha256 == model.weights_sha256


@pytest.mark.django_db
def test_a_bundle_in_a_storage_without_folders_is_fetched_once(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = InMemoryStorage()
    settings.CACHE = tmp_path / "cache"
    monkeypatch.setattr(incoming, "default_storage", storage)
    monkeypatch.setattr(services, "default_storage", storage)
    monkeypatch.setattr("moderation.registry.fetching.default_storage", storage)
    model = register(write(tmp_path / "mine"), actor="test")

    folder = services.folder(model)
    assert bundles.load(folder).card.name == "mine"
    storage.delete(f"{model.location}/card.json")
    assert services.folder(model) == folder == tmp_path / "cache" / "bundles" / model.pk
    assert [path.name for path in folder.parent.iterdir()] == [model.pk]


@pytest.mark.django_db
def test_a_bundle_that_the_storage_lost_leaves_no_half_copy(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHE = tmp_path / "cache"
    monkeypatch.setattr(services, "default_storage", InMemoryStorage())
    monkeypatch.setattr("moderation.registry.fetching.default_storage", InMemoryStorage())
    with pytest.raises(FileNotFoundError):
        services.folder(ModelVersionFactory.create(location="bundles/gone"))
    assert list((tmp_path / "cache" / "bundles").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_two_that_register_at_once_make_one_row(tmp_path: Path) -> None:
    folders = [write(tmp_path / str(number), seed=number % 2) for number in range(4)]

    def attempt(folder: Path) -> str:
        try:
            return register(folder, actor="test").pk
        except Refused as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(attempt, folders))

    (model,) = ModelVersion.objects.all()
    assert told.count(model.pk) == 2
    assert sum("other weights" in one for one in told) == 2
    assert json.loads((site.MEDIA_ROOT / model.location / "card.json").read_text())["name"] == "mine"
