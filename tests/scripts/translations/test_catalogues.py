from pathlib import Path

import pytest

from scripts.translations import catalogues
from scripts.translations.messages import Message, messages_of

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
OPEN = Message("Open", None, "templates/a.html")
CASES = Message(("%(n)s case", "%(n)s cases"), None, "templates/a.html")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    return tmp_path


def write(folder: Path, text: str) -> None:
    catalogues.place(folder, "de").write_text(HEADER + text)


def test_whole_catalogue_has_no_faults_once_it_is_compiled(folder: Path) -> None:
    write(folder, 'msgid "Open"\nmsgstr "Offen"\n')
    assert list(catalogues.faults(folder, "de", [OPEN])) == ["de: django.mo is older than its source"]
    catalogues.update(folder, "de", [OPEN])
    assert list(catalogues.faults(folder, "de", [OPEN])) == []


def test_missing_and_left_over_messages_are_faults(folder: Path) -> None:
    write(folder, 'msgid "Closed"\nmsgstr "Geschlossen"\n')
    found = list(catalogues.faults(folder, "de", [OPEN]))
    assert found[:2] == [
        "de: not translated: 'Open' (templates/a.html)",
        "de: no page says this any more: 'Closed'",
    ]


def test_update_adds_the_new_drops_the_gone_and_guesses_nothing(folder: Path) -> None:
    write(folder, 'msgid "Opened"\nmsgstr "Geöffnet"\n')
    catalogues.update(folder, "de", [OPEN])
    assert list(catalogues.faults(folder, "de", [OPEN])) == ["de: not translated: 'Open' (templates/a.html)"]
    assert "Geöffnet" not in catalogues.place(folder, "de").read_text()


def test_plural_needs_every_form(folder: Path) -> None:
    write(folder, 'msgid "%(n)s case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "%(n)s Fall"\nmsgstr[1] ""\n')
    assert "not translated" in next(catalogues.faults(folder, "de", [CASES]))


def test_translation_that_loses_a_placeholder_is_a_fault(folder: Path) -> None:
    write(folder, '#, python-format\nmsgid "By %(who)s"\nmsgstr "Von"\n')
    found = list(catalogues.faults(folder, "de", [Message("By %(who)s", None, "a.html")]))
    assert "de: other placeholders than in the source: 'By %(who)s'" in found


def test_messages_of_a_template_and_of_code_are_found_with_context_and_plural(tmp_path: Path) -> None:
    page, code = tmp_path / "page.html", tmp_path / "code.py"
    page.write_text(
        '  {% translate "Open" context "a verb" %}\n'
        "{% blocktranslate count n=n %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}"
    )
    code.write_text('a = _("Claim")\nb = ngettext("one", "many", 2)\nc = other("No")\n')
    assert list(messages_of(page, tmp_path)) == [
        Message("Open", "a verb", "page.html"),
        Message(("%(n)s case", "%(n)s cases"), None, "page.html"),
    ]
    assert list(messages_of(code, tmp_path)) == [
        Message("Claim", None, "code.py"),
        Message(("one", "many"), None, "code.py"),
    ]
