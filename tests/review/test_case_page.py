"""What the page of a case shows beside the verdict, to whom, and what it keeps back."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.clients.models import Client, Person, Preferences, Role
from moderation.intake.models import Submission
from moderation.matching.models import Match
from moderation.review.models import Case, CaseKind, CaseReason, CaseState
from moderation.review.services import Choice, decide, open_case
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, StoredImageFactory, SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR, first_name="Mo", last_name="Derator")


@pytest.fixture
def browser(moderator: Person) -> Browser:
    return browser_of(moderator)


def browser_of(somebody: Person) -> Browser:
    signed_in = Browser()
    signed_in.force_login(somebody, BACKEND)
    return signed_in


def judged(client: Client | None = None, probability: float = 0.6, **fields: Any) -> Submission:
    made: Submission = SubmissionFactory.create(client=client or ClientFactory.create(), **fields)
    verdicts.record_analysis(made, [said(probability)], RAN)
    return made


def case_of(submission: Submission) -> Case:
    case = open_case(submission.pk, CaseReason.POLICY)
    assert case
    return case


def page_of(browser: Browser, case: Case) -> str:
    answer = browser.get(f"/review/cases/{case.pk}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_earlier_submissions_of_the_bytes_and_of_the_author_are_listed(browser: Browser) -> None:
    harbour = ClientFactory.create()
    before = judged(harbour, author_id="ada")
    same = judged(harbour, image=before.image)
    now = judged(harbour, image=before.image, author_id="ada")
    after = judged(harbour, image=before.image, author_id="ada")

    page = page_of(browser, case_of(now))

    same_file = page[page.index("The same file before") : page.index("The author before")]
    author = page[page.index("The author before") : page.index("SHA-256")]
    assert re.findall(r"/results/(sub_\w+)", same_file) == [same.pk, before.pk]
    assert re.findall(r"/results/(sub_\w+)", author) == [before.pk]
    assert after.pk not in page


def test_long_histories_are_cut_and_say_so(browser: Browser) -> None:
    harbour = ClientFactory.create()
    for _ in range(7):
        judged(harbour, author_id="ada")

    page = page_of(browser, case_of(judged(harbour, author_id="ada")))

    assert page.count("/results/") == 6
    assert "And more before these." in page


def test_same_author_of_another_client_is_somebody_else(browser: Browser) -> None:
    judged(author_id="ada")

    assert "The author before" not in page_of(browser, case_of(judged(author_id="ada")))


def test_same_bytes_of_an_unseen_client_stay_unseen() -> None:
    mine, other = ClientFactory.create(), ClientFactory.create()
    there = judged(other, image=StoredImageFactory.create(client=other, sha256="a" * 64))
    here = judged(mine, image=StoredImageFactory.create(client=mine, sha256="a" * 64))
    narrowed = person(Role.MODERATOR, sees_every_client=False)
    narrowed.visible_clients.set([mine])

    assert there.pk in page_of(browser_of(person(Role.MODERATOR)), case_of(here))
    assert there.pk not in page_of(browser_of(narrowed), case_of(here))


def test_address_that_no_text_can_hold_is_not_there(browser: Browser) -> None:
    assert browser.get("/review/cases/%00").status_code == 404


@pytest.mark.parametrize("what", ["", "/decide", "/escalate", "/revealed"])
def test_case_of_an_unseen_client_is_not_there(what: str) -> None:
    case = case_of(judged())
    browser = browser_of(person(Role.MODERATOR, sees_every_client=False))
    address = f"/review/cases/{case.pk}{what}"

    answer = browser.post(address, {"label": "real"}) if what else browser.get(address)

    assert answer.status_code == 404
    case.refresh_from_db()
    assert (case.state, case.escalated_at) == (CaseState.OPEN, None)


def test_known_image_lies_beside_with_its_label_and_distance(browser: Browser) -> None:
    harbour = ClientFactory.create()
    known, now = judged(harbour), judged(harbour)
    Match.objects.create(submission=now, kind="near", label="ai_generated", distance=6, other=known)

    page = page_of(browser, case_of(now))

    assert f'src="/api/v1/submissions/{known.pk}/preview.jpg"' in page
    assert "6 of 256 bits differ" in page
    assert 'name="compare" data-key="c"' in page


def test_sealed_known_image_does_not_lie_beside(browser: Browser) -> None:
    harbour = ClientFactory.create()
    known, now = judged(harbour), judged(harbour)
    Match.objects.create(submission=now, kind="near", label="ai_generated", distance=6, other=known)
    type(known.picture).objects.filter(pk=known.picture.pk).update(sealed_at=timezone.now())

    page = page_of(browser, case_of(now))

    assert f"{known.pk}/preview.jpg" not in page
    assert 'name="compare"' not in page


def test_sealed_picture_is_not_shown_and_not_linked(browser: Browser) -> None:
    submission = judged()
    type(submission.picture).objects.filter(pk=submission.picture.pk).update(sealed_at=timezone.now())

    page = page_of(browser, case_of(submission))

    assert "This picture is sealed." in page
    assert "preview.jpg" not in page
    assert "spectrum.png" not in page
    assert 'id="seal"' not in page


def test_own_keys_stand_on_the_buttons_and_in_the_list(browser: Browser, moderator: Person) -> None:
    Preferences.objects.create(person=moderator, keys={"real": "j"})

    page = page_of(browser, case_of(judged()))

    assert 'data-key="j" aria-keyshortcuts="J">' in page
    assert "<dt><kbd>J</kbd></dt><dd>Real</dd>" in page


@pytest.mark.parametrize(("own", "veiled"), [("", True), ("on", True), ("off", False)])
def test_own_veil_goes_before_the_usual_one(browser: Browser, moderator: Person, own: str, veiled: bool) -> None:
    Preferences.objects.create(person=moderator, blur=own, grey="on")

    page = page_of(browser, case_of(judged()))

    assert ('name="blur" data-key="b" aria-keyshortcuts="B" checked' in page) is veiled
    assert 'name="grey" data-key="g" aria-keyshortcuts="G" checked' in page


def test_metadata_of_the_client_is_shown_as_text(browser: Browser) -> None:
    page = page_of(browser, case_of(judged(metadata={"channel": "<b>news</b>", "views": 3})))

    assert "<dt>channel</dt><dd>&lt;b&gt;news&lt;/b&gt;</dd>" in page
    assert "<dt>views</dt><dd>3</dd>" in page


def test_blind_reviewer_sees_what_the_policy_said_and_nothing_of_the_first_decision(browser: Browser) -> None:
    submission = judged(probability=0.6)
    lead = person(Role.LEAD, first_name="Lea", last_name="Der")
    decide(case_of(submission).pk, lead, Choice("edited", note="seam at the collar"))
    second = Case.objects.create(
        client=submission.client, submission=submission, kind=CaseKind.SECOND, reason=CaseReason.POLICY
    )

    page = page_of(browser, second)

    head = page[page.index("case-head") : page.index('<div class="viewer"')]
    assert "Uncertain" in head
    assert "Edited" not in head
    side = page[page.index('class="side"') : page.index('class="decide"')]
    for hidden in ("Lea Der", "seam at the collar", "A moderator looked", "decided:"):
        assert hidden not in side
    assert 'name="label"' in page


def test_page_names_the_next_case_that_is_fetched_ahead(browser: Browser) -> None:
    first, second = case_of(judged()), case_of(judged())

    assert f'data-next="/review/cases/{second.pk}"' in page_of(browser, first)


def test_page_of_a_case_is_never_cached(browser: Browser) -> None:
    answer = browser.get(f"/review/cases/{case_of(judged()).pk}")

    assert "no-store" in answer["Cache-Control"]
