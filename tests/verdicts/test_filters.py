"""The list's filters by finding and probability, and what they refuse."""

from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import ApiKey
from moderation.intake.models import Submission
from moderation.registry.models import ModelState
from moderation.verdicts import services
from moderation.verdicts.services import Said
from tests.factories import ModelVersionFactory, SubmissionFactory, key

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"


class Shelf:
    """Submissions of one client, found by what the models said of them, and the calls that look for them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.key, self.secret = key()
        self.models = {
            "general": ModelVersionFactory.create(role="general", version="1.2.0"),
            "old": ModelVersionFactory.create(role="general", version="1.1.0", state=ModelState.RETIRED),
            "face": ModelVersionFactory.create(role="face", version="1.2.0"),
        }

    def add(self, **probabilities: float) -> Submission:
        made = SubmissionFactory.create(client=self.key.client)
        said = [Said(self.models[name], probability, 0.0) for name, probability in probabilities.items()]
        services.record_analysis(made, said, {"general": "mdl_1"})
        return made

    def found(self, query: str, status: int = 200) -> Any:
        answer = self.browser.get(f"{URL}?{query}", headers={"authorization": f"Bearer {self.secret}"})
        assert answer.status_code == status, query
        body = answer.json()
        return {one["id"] for one in body["results"]} if status == 200 else body


@pytest.fixture
def shelf(client: Browser) -> Shelf:
    return Shelf(client)


def test_role_and_model_version_find_by_a_finding(shelf: Shelf) -> None:
    general, old, face = shelf.add(general=0.5), shelf.add(old=0.5), shelf.add(old=0.2, face=0.9)

    assert shelf.found("role=general") == {general.pk, old.pk, face.pk}
    assert shelf.found("role=face") == {face.pk}
    assert shelf.found("role=edited") == set()
    assert shelf.found("model_version=1.1.0") == {old.pk, face.pk}
    assert shelf.found("model_version=1.2.0") == {general.pk, face.pk}
    assert shelf.found(f"model_version={shelf.models['general'].pk}") == {general.pk}
    assert shelf.found("model_version=9") == set()


def test_role_and_model_version_together_mean_one_finding(shelf: Shelf) -> None:
    shelf.add(old=0.2, face=0.9)
    general = shelf.add(general=0.5)

    assert shelf.found("role=general&model_version=1.2.0") == {general.pk}


def test_probability_is_that_of_the_highest_finding(shelf: Shelf) -> None:
    low, mixed, high = shelf.add(general=0.1), shelf.add(general=0.2, face=0.7), shelf.add(general=0.9)
    SubmissionFactory.create(client=shelf.key.client)

    assert shelf.found("min_probability=0.7") == {mixed.pk, high.pk}
    assert shelf.found("max_probability=0.7") == {low.pk, mixed.pk}
    assert shelf.found("max_probability=0.3") == {low.pk}
    assert shelf.found("min_probability=0.2&max_probability=0.8") == {mixed.pk}
    assert shelf.found("min_probability=0.95") == set()
    assert shelf.found("min_probability=0&max_probability=1") == {low.pk, mixed.pk, high.pk}
    assert shelf.found("min_probability=7e-1&max_probability=7E-1") == {mixed.pk}


def test_filters_together_narrow(shelf: Shelf) -> None:
    shelf.add(general=0.9)
    wanted = shelf.add(face=0.9)

    assert shelf.found("role=face&min_probability=0.5&state=analysed&decided_by=policy") == {wanted.pk}


@pytest.mark.parametrize("name", ["min_probability", "max_probability"])
@pytest.mark.parametrize(
    "value", ["", "x", "1.1", "-0.1", "nan", "inf", "1e999", "0,5", "0x1", " 1", "1_0", "+1", "٠", "9" * 400, "%00"]
)
def test_probability_that_is_none_is_422(shelf: Shelf, name: str, value: str) -> None:
    body = shelf.found(f"{name}={value.replace('+', '%2B')}", 422)

    assert (body["code"], body["errors"][0]["parameter"]) == ("invalid", name)


@pytest.mark.parametrize("name", ["role", "model_version"])
def test_text_that_no_database_keeps_is_422(shelf: Shelf, name: str) -> None:
    assert shelf.found(f"{name}=%00", 422)["errors"][0]["parameter"] == name


def test_filter_finds_nothing_of_another_clients(shelf: Shelf) -> None:
    made = shelf.add(general=0.9)
    foreign: tuple[ApiKey, str] = key()
    shelf.secret = foreign[1]

    assert Submission.objects.filter(pk=made.pk).exists()
    for query in ("min_probability=0", "role=general", "model_version=1.2.0", f"sha256={made.picture.sha256}"):
        assert shelf.found(query) == set(), query


def test_filter_stays_in_the_links_of_a_page(shelf: Shelf, client: Browser) -> None:
    for _ in range(3):
        shelf.add(general=0.9)
    shelf.add(general=0.1)
    headers = {"authorization": f"Bearer {shelf.secret}"}

    first = client.get(f"{URL}?min_probability=0.5&limit=2", headers=headers).json()
    second = client.get(first["next"], headers=headers).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)
