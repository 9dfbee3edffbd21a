"""A moderator's first ten decisions without a mouse, from the log-in on."""

from itertools import cycle, islice

import pytest
from playwright.sync_api import Page, expect

from moderation.review.models import Case, CaseState, Decision
from tests.browser.test_workbench import quick_case
from tests.browser.visits import PASSWORD, Visit, wait_until
from tests.stack import Stack

pytestmark = pytest.mark.browser
LABELS = {"1": "real", "2": "ai_generated", "3": "edited", "4": "cannot_tell"}
STEPS = 30  # of the tab key, at most, from the top of a page to what is looked for


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus stands on what the selector names."""
    for _ in range(STEPS):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} was not reached by {STEPS} tabs")


def test_ten_decisions_from_the_log_in_by_keyboard_alone(visitor: Visit, stack: Stack) -> None:
    Case.objects.filter(state=CaseState.OPEN).delete()
    cases = [quick_case(stack, shade) for shade in range(70, 81)]
    page = visitor.open("/accounts/login/?next=/review/")

    tab_to(page, "[name=username]")
    page.keyboard.type("moderator")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stack.site}/review/")
    page.keyboard.press("n")
    page.wait_for_url(f"**/review/cases/{cases[0].pk}")
    keys = list(islice(cycle(LABELS), 10))
    for key, following in zip(keys, cases[1:], strict=True):
        wait_until(page, "document.querySelector('.lease[data-seconds]')")
        page.keyboard.press(key)
        page.wait_for_url(f"**/review/cases/{following.pk}")

    made = Decision.objects.filter(case__in=cases).order_by("id")
    assert [(decision.case_id, decision.label) for decision in made] == [
        (case.pk, LABELS[key]) for case, key in zip(cases[:10], keys, strict=True)
    ]
    assert all(decision.person and decision.person.username == "moderator" for decision in made)
    page.keyboard.press("u")
    page.wait_for_url(f"**/review/cases/{cases[9].pk}")
    expect(page.get_by_role("button", name="Real", exact=True)).to_be_visible()
    assert Decision.objects.filter(case=cases[9], undone_at=None).count() == 0
