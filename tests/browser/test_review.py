"""Reviewing in a real browser: revealing, heatmaps, deciding by key with a note, undoing by the toast."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation.clients.models import Role
from moderation.review.models import Case, CaseState, Decision
from moderation.review.services import Choice, decide
from tests.browser.conftest import new_case
from tests.browser.visits import Visit, visit
from tests.factories import person
from tests.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _empty_queue(stack: Stack) -> None:
    Case.objects.filter(state=CaseState.OPEN).delete()


def opened(visitor: Visit, case: Case) -> Page:
    visitor.sign_in()
    page = visitor.open(f"/review/cases/{case.pk}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Case {case.pk[-6:]}")
    return page


def test_moderator_signs_in_and_opens_the_first_case(visitor: Visit, case: Case) -> None:
    page = visitor.sign_in()

    page.get_by_role("button", name="Claim next").click()

    page.wait_for_url(f"**/review/cases/{case.pk}")
    for name in ("Real", "AI-generated", "Edited", "Cannot tell"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_picture_is_blurred_until_b_is_pressed(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    expect(page.locator(".photo")).to_have_css("filter", "blur(22px)")

    page.keyboard.press("b")
    expect(page.locator(".photo")).to_have_css("filter", "none")
    page.keyboard.press("g")
    expect(page.locator(".photo")).to_have_css("filter", "grayscale(1)")


def test_heatmap_is_switched_per_model_and_faded_by_the_slider(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    general, edited = page.locator('.heat[data-layer="1"]'), page.locator('.heat[data-layer="2"]')
    expect(general).to_be_hidden()

    heatmaps = page.get_by_role("group", name="Heatmap")
    heatmaps.get_by_label("General").check()
    expect(general).to_be_visible()
    heatmaps.get_by_label("Edited").check()
    expect(general).to_be_hidden()
    expect(edited).to_be_visible()

    slider = page.get_by_label("Opacity")
    slider.focus()
    page.keyboard.press("End")
    expect(edited).to_have_css("opacity", "1")
    page.keyboard.press("Home")
    expect(edited).to_have_css("opacity", "0")
    expect(page.locator(".range output")).to_have_text("0\u202f%")


def test_zoom_enlarges_the_picture_and_fit_takes_it_back(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    plate = page.locator(".plate")
    before = plate.bounding_box()

    page.get_by_role("button", name="Zoom in").click()
    after = plate.bounding_box()
    assert before
    assert after
    assert after["width"] == pytest.approx(before["width"] * 1.25, abs=1)
    page.get_by_role("button", name="Fit").click()
    assert plate.bounding_box() == before


def test_decision_by_key_with_a_note_and_undo_by_the_toast(visitor: Visit, stack: Stack) -> None:
    case, following = new_case(stack, 1), new_case(stack, 2)
    page = opened(visitor, case)
    page.get_by_label("What it rests on").select_option("visual_artifacts")
    note = page.get_by_label("Note")
    note.fill("seam at the collar, 3 of them")
    note.press("Escape")
    page.locator("#main").focus()

    page.keyboard.press("3")
    page.wait_for_url(f"**/review/cases/{following.pk}")

    decision = Decision.objects.get(case=case)
    assert (decision.label, decision.reason_code) == ("edited", "visual_artifacts")
    assert decision.note == "seam at the collar, 3 of them"
    assert decision.seen["findings"]
    toast = page.locator("#toast")
    expect(toast).to_contain_text(f"Case {case.pk[-6:]} marked Edited. Sent in")

    toast.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/review/cases/{case.pk}")
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    expect(page.get_by_text("You undid the decision")).to_be_visible()


def test_case_is_escalated_by_key_with_the_note_and_left_to_a_lead(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    page.get_by_label("Note").fill("one of last week's series")
    page.get_by_role("heading", level=1).click()

    page.keyboard.press("e")

    page.wait_for_url("**/review/")
    case.refresh_from_db()
    assert (case.state, case.escalation_note) == (CaseState.OPEN, "one of last week's series")
    page = visitor.open(f"/review/cases/{case.pk}")
    expect(page.get_by_text("one of last week's series")).to_be_visible()
    expect(page.get_by_text("a lead or an administrator decides it")).to_be_visible()
    expect(page.get_by_role("button", name="Real", exact=True)).to_have_count(0)


def test_undo_by_key(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    page.get_by_role("button", name="Cannot tell").click()
    page.wait_for_url("**/review/")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()

    page.keyboard.press("u")

    page.wait_for_url(f"**/review/cases/{case.pk}")
    assert Decision.objects.get(case=case).undone_at is not None


def test_keys_in_a_field_are_text_and_enter_sends_nothing(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    note = page.get_by_label("Note")

    note.press_sequentially("1 2 3 4 u")
    note.press("Enter")

    expect(note).to_have_value("1 2 3 4 u\n")
    assert not Decision.objects.filter(case=case).exists()


def test_single_keys_can_be_switched_off(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    page.get_by_role("button", name=re.compile("account")).click()
    page.get_by_text("Single-key shortcuts").click()
    page.keyboard.press("Escape")

    page.keyboard.press("1")

    page.wait_for_timeout(300)
    assert not Decision.objects.filter(case=case).exists()


def test_case_decided_meanwhile_is_a_clear_conflict(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    decide(case.pk, person(Role.LEAD, first_name="Lea", last_name="Der"), Choice("real"))

    page.get_by_role("button", name="AI-generated").click()

    expect(page.get_by_role("alert")).to_contain_text("Somebody decided this case before you.")
    expect(page.get_by_text("Lea Der decided Real")).to_be_visible()
    expect(page.get_by_role("button", name="Edited")).to_have_count(0)


def test_case_can_be_decided_and_undone_without_javascript(chromium: Browser, stack: Stack, case: Case) -> None:
    with visit(chromium, stack.site, java_script_enabled=False) as visitor:
        page = opened(visitor, case)
        page.get_by_text("Blur").click()
        expect(page.locator(".photo")).to_have_css("filter", "none")
        page.get_by_role("button", name="Real", exact=True).click()
        page.wait_for_url("**/review/")
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url(f"**/review/cases/{case.pk}")

    assert Decision.objects.get(case=case).undone_at is not None


def test_everything_is_reached_by_tab_and_shows_where_it_is(visitor: Visit, case: Case) -> None:
    page = opened(visitor, case)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
        outlined = page.evaluate(
            """() => {
              const one = document.activeElement;
              const shown = [one, one.nextElementSibling].filter(Boolean);
              return shown.some((each) => getComputedStyle(each).outlineStyle !== "none");
            }"""
        )
        assert outlined, reached[-1]
        if reached[-1] == "note":
            break

    assert reached[0] == "Skip to content"
    for name in ("heat", "opacity", "blur", "grey", "label", "reason_code", "note"):
        assert name in reached
