"""Which bundle serves a role: one at a time, and what an administrator chose stays."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from detector import bundles
from moderation.audit.models import Entry
from moderation.events.models import Event
from moderation.registry import services
from moderation.registry.models import ModelState, ModelVersion
from tests.factories import ClientFactory, ModelVersionFactory


@pytest.mark.django_db
def test_shipped_bundles_are_registered_once_and_serve() -> None:
    first = services.register_shipped()
    second = services.register_shipped()

    assert [model.pk for model in first] == [model.pk for model in second]
    assert {"general", "face", "edited"} <= set(services.in_service())
    assert Entry.objects.filter(action="model.promoted").count() == 3


@pytest.mark.django_db
def test_a_shipped_bundle_not_named_like_its_role_waits_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bundles.shipped("general"), tmp_path / "small")
    monkeypatch.setattr(bundles, "shipped_names", lambda: ["small"])
    monkeypatch.setattr(bundles, "shipped", lambda name: tmp_path / name)

    (model,) = services.register_shipped()

    assert (model.role, model.state) == ("general", ModelState.CHALLENGER)
    assert services.in_service() == {}
    assert not Entry.objects.filter(action="model.promoted").exists()


@pytest.mark.django_db
def test_promotion_retires_the_one_before() -> None:
    before = ModelVersionFactory.create()
    after = ModelVersionFactory.create(version="2.0.0", state=ModelState.CHALLENGER)

    assert services.promote(after, actor="person:1") == before

    before.refresh_from_db()
    assert (before.state, after.state) == (ModelState.RETIRED, ModelState.IN_SERVICE)
    assert services.in_service() == {"general": after}


@pytest.mark.django_db
def test_promotion_is_told_to_every_active_client() -> None:
    told = [ClientFactory.create(), ClientFactory.create()]
    ClientFactory.create(is_active=False)
    before = ModelVersionFactory.create()
    after = ModelVersionFactory.create(version="2.0.0", state=ModelState.CHALLENGER)

    services.promote(after, actor="person:1")

    recorded = Event.objects.order_by("id")
    assert [(event.client, event.type, event.subject) for event in recorded] == [
        (client, "model.promoted", after.pk) for client in told
    ]
    assert recorded[0].body["data"] == {
        "model": after.pk,
        "role": "general",
        "version": "2.0.0",
        "previous": before.pk,
    }


@pytest.mark.django_db
def test_first_model_of_a_role_has_no_previous_and_promoting_it_again_tells_nobody() -> None:
    ClientFactory.create()
    model = ModelVersionFactory.create(state=ModelState.CHALLENGER)

    services.promote(model, actor="person:1")
    services.promote(model, actor="person:1")

    assert Event.objects.get().body["data"]["previous"] is None


@pytest.mark.django_db
def test_shipped_bundle_does_not_push_out_what_was_promoted() -> None:
    chosen = ModelVersionFactory.create(version="9.0.0", location="bundles/mine")

    services.register_shipped()

    assert services.in_service()["general"] == chosen


@pytest.mark.django_db
def test_shipped_bundle_replaces_the_one_that_lay_in_its_place_also_when_it_is_older() -> None:
    older = {model.role: model for model in services.register_shipped()}
    newer = ModelVersionFactory.create(version="99.0.0", location="shipped:general", state=ModelState.CHALLENGER)
    services.promote(newer, actor="test")

    services.register_shipped()

    newer.refresh_from_db()
    assert services.in_service()["general"] == older["general"]
    assert newer.state == ModelState.RETIRED


@pytest.mark.django_db(transaction=True)
def test_two_promotions_at_once_leave_one_in_service() -> None:
    ModelVersionFactory.create()
    challengers = [ModelVersionFactory.create(version=f"2.{n}.0", state=ModelState.CHALLENGER) for n in range(4)]

    def promote(model: ModelVersion) -> None:
        try:
            services.promote(model, actor="test")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promote, challengers))

    assert ModelVersion.objects.filter(state=ModelState.IN_SERVICE).count() == 1
    assert ModelVersion.objects.filter(state=ModelState.RETIRED).count() == 4
