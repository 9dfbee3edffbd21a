"""The documents, as far as they can be held against the code."""

import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from foundation import metrics  # noqa: F401  defines what the registry holds
from foundation.problems import KINDS
from moderation.verdicts import policies
from tests.services import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/adr/*.md")])
MADE_BY_COMMANDS = ("docs/screenshots/", "docs/performance.md", "docs/models")
LINK = re.compile(r"\]\(([^)#\s]+)|(?:src|srcset)=\"([^\"]+)\"")


def links_of(page: Path) -> set[Path]:
    """Return the files of this repository to which a page leads."""
    found = [first or second for first, second in LINK.findall(page.read_text())]
    return {(page.parent / link).resolve() for link in found if "://" not in link}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    missing = {str(link.relative_to(ROOT)) for link in links_of(page) if not link.exists()}

    assert {link for link in missing if not link.startswith(MADE_BY_COMMANDS)} == set()


def test_decisions_are_numbered_without_gaps_and_say_why_and_at_what_price() -> None:
    pages = sorted(ROOT.glob("docs/adr/*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {int(page.name[:4])}. ")
        assert [word for word in ("**Question.**", "**Decision.**", "**Why.**", "**Price.**") if word not in text] == []


def test_metrics_in_operations_are_those_that_are_told() -> None:
    counted = {family.name for family in REGISTRY.collect() if family.name.startswith("assay_")}
    counters = {family.name for family in REGISTRY.collect() if family.type == "counter"}
    told = {f"{name}_total" if name in counters else name for name in counted}
    view = (ROOT / "platform/assay/metrics_view.py").read_text()
    told |= set(re.findall(r'"(assay_\w+)"', view))

    documented = set(re.findall(r"`(assay_\w+?)(?:\{[^}]*\})?`", (ROOT / "docs/operations.md").read_text()))

    assert documented == told


def test_error_codes_of_the_api_page_have_their_status() -> None:
    rows = dict(re.findall(r"`([a-z-]+)` \| ([45]\d\d) ", (ROOT / "docs/api.md").read_text()))

    assert rows
    assert {code: int(status) for code, status in rows.items()} == {code: KINDS[code].status for code in rows}


def test_default_policy_of_the_verdicts_page_is_the_default_policy() -> None:
    text = (ROOT / "docs/verdicts.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| never \|$", text, re.MULTILINE)

    documented = {role: {"review": float(low), "label": float(high), "block": None} for role, low, high in rows}
    assert documented == policies.DEFAULT_THRESHOLDS
    assert sorted(policies.DEFAULT_REQUIRED) == sorted(documented)


def test_first_screen_of_the_readme_names_commands_and_the_bundles_that_may_not_be_sold() -> None:
    first = "\n".join((ROOT / "README.md").read_text().splitlines()[:30])

    assert "make demo" in first
    assert "make test" in first
    for name in ("general", "face", "edited"):
        assert f"detector/bundles/{name}/NOTICE" in first
    assert "Not for commercial use" in first


def test_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text()

    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.splitlines()) == 202
