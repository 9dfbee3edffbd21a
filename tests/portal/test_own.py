"""What people do with a result of their own: share it, close the link, delete it, find it again; and who may not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients.models import Role
from moderation.intake.models import Erasure, StoredImage, Submission
from moderation.intake.seals import seal
from moderation.portal import sharing
from moderation.portal.models import Owner, SharedLink
from tests.factories import ClientFactory, person
from tests.portal.visits_for_tests import judged, of_browser, of_person, signed_in, text_of

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r'value="http://testserver(/shared/shr_\w+\?expires=\d+&amp;signature=[\w-]+)"')
ROLES = [None, *Role]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def mine(client: Browser) -> Submission:
    return of_browser(client, judged())


def shared_address(browser: Browser, submission: Submission) -> str:
    answer = browser.post(f"/results/{submission.pk}/share")
    assert answer["Location"] == f"/results/{submission.pk}#share"
    found = ADDRESS.search(text_of(browser.get(f"/results/{submission.pk}")))
    assert found
    return found[1].replace("&amp;", "&")


def test_shared_link_opens_the_result_to_anyone_without_its_owner_s_actions(client: Browser, mine: Submission) -> None:
    address = shared_address(client, mine)

    page = text_of(Browser().get(address))

    assert '<h1 id="verdict">Probably AI-generated</h1>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "Is this wrong?" in page
    for owners in ("Delete...", "Share this report", "/review/", "appeal against it"):
        assert owners not in page
    assert Browser().get(f"/results/{mine.pk}").status_code == 404


def test_shared_link_says_until_when_and_is_the_same_when_asked_for_again(client: Browser, mine: Submission) -> None:
    first = shared_address(client, mine)

    assert shared_address(client, mine) == first
    assert SharedLink.objects.count() == 1
    assert "You can close it earlier." in text_of(client.get(f"/results/{mine.pk}"))


def test_closed_link_opens_nothing_and_the_next_one_is_another(client: Browser, mine: Submission) -> None:
    address = shared_address(client, mine)

    client.post(f"/results/{mine.pk}/share", {"close": "1"})

    assert Browser().get(address).status_code == 404
    assert Browser().post(address, {"expected": "real"}).status_code == 404
    assert shared_address(client, mine) != address


def test_link_expires_by_its_row_and_by_its_signature(client: Browser, mine: Submission, settings: Any) -> None:
    address = shared_address(client, mine)
    SharedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Browser().get(address).status_code == 404
    late = sharing.path_of(SharedLink.objects.get())
    SharedLink.objects.update(expires_at=timezone.now() + timedelta(days=1))

    assert Browser().get(late).status_code == 404
    assert Browser().get(address).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.partition("?")[0],
        lambda address: address.replace("signature=", "signature=x"),
        lambda address: re.sub(r"expires=\d+", "expires=99999999999", address),
        lambda address: re.sub(r"expires=\d+", "expires=" + "9" * 5000, address),
        lambda address: address.replace("/shared/shr_", "/shared/shr_%00"),
        lambda address: "/shared/none" + address[address.index("?") :],
    ],
)
def test_link_that_was_changed_opens_nothing(client: Browser, mine: Submission, change: Any) -> None:
    assert Browser().get(change(shared_address(client, mine))).status_code == 404


def test_signature_of_one_link_opens_no_other(client: Browser, mine: Submission) -> None:
    address = shared_address(client, mine)
    first = SharedLink.objects.get()
    other = sharing.share(judged(shade=1))

    assert Browser().get(address.replace(first.pk, other.pk)).status_code == 404


def test_shared_result_whose_picture_is_sealed_shows_none(client: Browser, mine: Submission) -> None:
    address = shared_address(client, mine)
    seal(mine.picture, person(Role.MODERATOR), "violence")

    page = text_of(Browser().get(address))

    assert "The picture was sealed by the people who review here." in page
    assert "preview.jpg" not in page
    assert "overlays" not in page


def test_deleting_asks_first_and_then_leaves_a_receipt_only(client: Browser, mine: Submission, tmp_path: Path) -> None:
    address = shared_address(client, mine)
    assert "Delete this picture and its report?" in text_of(client.get(f"/results/{mine.pk}/delete"))
    assert Submission.objects.filter(pk=mine.pk).exists()

    answer = client.post(f"/results/{mine.pk}/delete", follow=True)

    assert "The picture and its report were deleted." in text_of(answer)
    assert not Submission.objects.exists()
    assert not SharedLink.objects.exists()
    assert Erasure.objects.get().submission == mine.pk
    assert Entry.objects.get(action="submission.erased").actor == "visitor"
    assert client.get(f"/results/{mine.pk}").status_code == 404
    assert Browser().get(address).status_code == 404
    assert "0.png" not in text_of(client.get("/"))


def test_account_deletes_what_is_its_own_under_its_name_in_the_log() -> None:
    owner = person()
    mine = of_person(owner, judged())

    signed_in(owner).post(f"/results/{mine.pk}/delete")

    assert not Submission.objects.exists()
    assert Entry.objects.get(action="submission.erased").actor == owner.actor()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["share", "delete"])
def test_who_may_read_a_result_neither_shares_nor_deletes_it(mine: Submission, role: Role | None, action: str) -> None:
    browser = signed_in(person(role))

    assert browser.post(f"/results/{mine.pk}/{action}").status_code == 404
    assert Submission.objects.filter(pk=mine.pk).exists()
    assert not SharedLink.objects.exists()
    page = browser.get(f"/results/{mine.pk}")
    assert page.status_code == (404 if role is None else 200)
    assert "Delete..." not in page.content.decode()


@pytest.mark.parametrize("address", ["sub_none", "%00", "x" * 500, "..%2f"])
@pytest.mark.parametrize("action", ["share", "delete", "report"])
def test_odd_identifier_is_not_found(client: Browser, mine: Submission, action: str, address: str) -> None:
    assert client.post(f"/results/{address}/{action}", {"expected": "real"}).status_code == 404


def test_reader_opens_results_of_visible_clients_only() -> None:
    hidden, shown = judged(client=ClientFactory.create()), judged(client=ClientFactory.create())
    reader = person(Role.VIEWER, sees_every_client=False)
    reader.visible_clients.add(shown.client)
    browser = signed_in(reader)

    assert browser.get(f"/results/{shown.pk}").status_code == 200
    assert browser.get(f"/results/{hidden.pk}").status_code == 404


def test_check_while_signed_in_belongs_to_the_account_on_every_device(client: Browser) -> None:
    owner = person()
    mine = of_person(owner, judged())

    page = text_of(signed_in(owner).get(f"/results/{mine.pk}"))

    assert "Delete..." in page
    assert signed_in(person()).get(f"/results/{mine.pk}").status_code == 404


def test_history_lists_the_account_s_checks_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.portal.own_views.LISTED", 2)
    owner, other = person(), person()
    for shade in range(3):
        of_person(owner, judged(shade=shade))
    of_person(other, judged(shade=9))
    browser = signed_in(owner)

    first = text_of(browser.get("/checks/"))
    oldest_shown = Owner.objects.filter(person=owner).order_by("-id")[1].pk
    second = text_of(browser.get(f"/checks/?before={oldest_shown}"))

    assert [name in first for name in ("2.png", "1.png", "0.png", "9.png")] == [True, True, False, False]
    assert f'href="?before={oldest_shown}"' in first
    assert [name in second for name in ("2.png", "1.png", "0.png", "9.png")] == [False, False, True, False]
    assert 'href="?before=' not in second
    assert text_of(browser.get("/checks/?before=%00nonsense"))


def test_history_asks_to_sign_in(client: Browser) -> None:
    assert client.get("/checks/")["Location"] == "/accounts/login/?next=/checks/"


def test_discarded_picture_leaves_its_result(client: Browser, mine: Submission) -> None:
    StoredImage.objects.update(discarded_at=timezone.now())

    page = text_of(client.get(f"/results/{mine.pk}"))

    assert '<h1 id="verdict">Probably AI-generated</h1>' in page
    assert "Its file was deleted when the time for which pictures are kept here was over." in page
    assert "preview.jpg" not in page
    assert "The picture is not shown, so nothing is drawn over it." in page
