"""The insight pages and quality control in Chromium: accessible, narrow enough, and usable from end to end."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from moderation.clients.models import Person
from moderation.review.models import Case, CaseKind, GoldAnswer, SecondReview
from moderation.review.services import Choice, decide
from tests.browser.conftest import new_case
from tests.browser.visits import PHONE, WIDE, visit
from tests.stack import Stack

pytestmark = pytest.mark.browser
PATHS = (
    "/insights/",
    "/insights/verdicts/",
    "/insights/errors/",
    "/insights/errors/pictures/",
    "/insights/drift/",
    "/insights/reviewers/",
    "/insights/simulator/",
    "/insights/transparency/",
    "/review/quality/",
)


@pytest.fixture(scope="module")
def disputed(stack: Stack) -> Iterator[SecondReview]:
    """A picture of which two people say different things."""
    first = new_case(stack, 71)
    decision = decide(first.pk, Person.objects.get(username="moderator"), Choice("edited", note="A seam."))
    second = Case.objects.create(
        client=first.client, submission=first.submission, kind=CaseKind.SECOND, reason=first.reason
    )
    review = SecondReview.objects.create(case=second, decision_id=decision.pk)
    decide(second.pk, Person.objects.get(username="lead"), Choice("real"))
    yield review
    GoldAnswer.objects.all().delete()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("viewport", "theme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_figures_are_accessible_and_fit(
    chromium: Browser, stack: Stack, disputed: SecondReview, viewport: ViewportSize, theme: str
) -> None:
    reviewer = Person.objects.get(username="moderator").pk
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in("lead")
        for path in (*PATHS, f"/insights/reviewers/{reviewer}/", f"/review/quality/disagreements/{disputed.pk}"):
            page = visitor.open(path)
            for summary in page.locator(".chart summary").all():
                summary.click()
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
            assert visitor.wider_than_the_window() == 0, path


def test_lead_puts_in_a_known_answer_and_asks_the_simulator(
    chromium: Browser, stack: Stack, disputed: SecondReview
) -> None:
    submission = disputed.case.submission
    with visit(chromium, stack.site) as visitor:
        page = visitor.sign_in("lead", then="/review/quality/")
        page.get_by_label("Submission").fill(submission.pk)
        page.get_by_label("It is", exact=True).select_option("edited")
        page.get_by_role("button", name="Put in").click()
        page.get_by_role("button", name=f"Retire {submission.pk[-6:]}").wait_for()
        assert GoldAnswer.objects.get().label == "edited"

        visitor.open(f"/review/quality/disagreements/{disputed.pk}")
        assert page.get_by_text("You are one of the two who do not agree.").is_visible()

        visitor.open(f"/insights/simulator/?client={submission.client.slug}")
        page.get_by_label("General: Review from").fill("0.01")
        page.get_by_role("button", name="Simulate").click()
        page.get_by_role("heading", name="What would have changed").wait_for()

        visitor.open(f"/insights/transparency/?client={submission.client.slug}")
        with page.expect_download() as taken:
            page.get_by_role("link", name="CSV").click()
        assert submission.pk in taken.value.path().read_text()
