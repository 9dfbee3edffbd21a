"""What is found to translate: marked strings with plural, context and place, and the titles of the samples."""

import json
from pathlib import Path

from scripts.translations.messages import Message, found


def test_marked_strings_are_found_with_plural_context_and_place(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "Open" context "a case" %}{{ name|default:_("Nobody") }}{% translate kind.title %}'
        "{% blocktranslate count n=n %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}"
    )
    (tmp_path / "moderation").mkdir()
    (tmp_path / "moderation" / "words.py").write_text('SAID = gettext_noop("It was " "sent.")\nOTHER = "Not marked"\n')

    assert set(found(tmp_path)) == {
        Message(("%(n)s case", "%(n)s cases"), None, "templates/page.html"),
        Message("It was sent.", None, "moderation/words.py"),
        Message("Nobody", None, "templates/page.html"),
        Message("Open", "a case", "templates/page.html"),
    }


def test_samples_are_translated_by_title_and_note(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "manifest.json").write_text(json.dumps([{"title": "A cat", "note": "Camera", "x": "y"}]))

    assert [message.id for message in found(tmp_path)] == ["A cat", "Camera"]
