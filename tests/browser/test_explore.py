"""Exploring in a real browser: narrow down, choose, keep the view, and lead the selection to a bulk decision."""

import pytest
from playwright.sync_api import expect

from moderation.clients.models import Person
from moderation.insights.models import SavedView
from moderation.review.bulk.models import Bulk, BulkItem
from tests.browser.conftest import forget_missing_files, new_case
from tests.browser.visits import Visit
from tests.stack import Stack

pytestmark = pytest.mark.browser


def test_person_narrows_down_keeps_the_view_and_decides_on_a_selection(visitor: Visit, stack: Stack) -> None:
    SavedView.objects.all().delete()
    forget_missing_files(stack)
    cases = [new_case(stack, shade) for shade in (31, 32)]
    keys = [case.submission_id for case in cases]
    page = visitor.sign_in(then="/explore/")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("From").first.fill("0.01")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_label("Remove filter Probability from")).to_be_visible()
    page.get_by_label("Sort").select_option("suspect")
    page.wait_for_url("**sort=suspect**")
    page.get_by_label("Grid").check()
    page.wait_for_url("**shape=grid**")
    expect(page.locator(".tiles li").first).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Suspects")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Suspects")).to_have_attribute("aria-current", "page")
    assert SavedView.objects.get().query == "min_probability=0.01&sort=suspect&shape=grid"

    page.get_by_label("Remove filter Probability from").click()
    page.get_by_label("Table").check()
    page.wait_for_url("**shape=table**")
    expect(page.locator("[data-picked]")).to_contain_text("Nothing selected")
    for key in keys:
        page.locator(f'[data-pick][value="{key}"]').check()
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename == "submissions.csv"
    assert sorted(line.split(",")[0] for line in download.value.path().read_text().splitlines()[1:]) == sorted(keys)

    page.get_by_role("button", name="Decide together...").click()
    page.wait_for_url("**/review/bulk/*")
    draft = Bulk.objects.latest("id")
    assert draft.person == Person.objects.get(username="moderator")
    assert set(BulkItem.objects.filter(bulk=draft).values_list("submission", flat=True)) == set(keys)
    assert visitor.complaints == []
