"""What is stored in English is told in German where its form is known, with its figures and names, else as it is."""

import pytest
from django.utils import translation

from moderation.verdicts import words
from moderation.verdicts.readings import Reading
from moderation.verdicts.retelling import ORIGINS, REASONS, retell

ENGLISH = {"The", "the", "policy", "this", "model", "models", "of", "was", "is", "and", "picture", "puts", "known"}


def reading(role: str = "general", face: int = 0, faces: int = 0) -> Reading:
    return Reading(role, 0.934, face, faces)


STORED = [
    words.reading(reading(), "abstain", 0.35, 0.8),
    words.reading(reading(), "block", 0.95, 0.8),
    words.reading(reading("edited"), "label", 0.8, 0.8),
    words.reading(reading("face", 2, 3), "abstain", 0.35, 0.8),
    words.reading(reading("face", 2, 3), "block", 0.95, 0.8),
    words.reading(reading("face", 2, 3), "label", 0.8, 0.8),
    words.signed_ai("The credit line says “Made with Google AI”."),
    words.known_exact("real"),
    words.known_near("edited", 12),
    words.not_run("edited"),
    words.all_clear(["general"]),
    words.all_clear(["edited", "face", "general"]),
    words.all_clear([]),
    *(words.decided(label) for label in words.HEADLINES),
    words.undone(),
]


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: f"{stored['code']}-{len(stored['text'])}")
def test_every_reason_that_is_stored_has_its_form(stored: dict[str, str]) -> None:
    with translation.override("de"):
        told = retell(stored["text"])

    assert told != stored["text"]
    assert not ENGLISH & set(told.replace(",", " ").replace(".", " ").split())


def test_figures_and_names_are_put_back() -> None:
    with translation.override("de"):
        told = retell(words.reading(reading("face", 2, 3), "abstain", 0.35, 0.8)["text"])
        near = retell(words.known_near("edited", 12)["text"])
        clear = retell(words.all_clear(["edited", "face", "general"])["text"])

    assert all(figure in told for figure in ("face", "2", "3", "93 %", "35 %", "80 %", "KI-erzeugt"))
    assert "bearbeitet" in near
    assert "12 von 256" in near
    assert "edited, face und general" in clear


def test_origin_is_told_with_what_the_file_names() -> None:
    text = "A manifest signed by “Leica, of Wetzlar”, who is not on the trust list, says that the picture was edited."

    with translation.override("de"):
        assert "“Leica, of Wetzlar”" in retell(text)
        assert "bearbeitet" in retell(text)


@pytest.mark.parametrize("text", ["", "Something that nobody foresaw.", "%(name)s %s %", "The \x00 model"])
def test_what_has_no_known_form_is_left_as_it_is(text: str) -> None:
    with translation.override("de"):
        assert retell(text) == text


def test_figures_cannot_smuggle_in_a_form() -> None:
    with translation.override("de"):
        told = retell("The software is given as %(name)s %d.")

    assert "%(name)s %d" in told


def test_english_readers_get_the_stored_sentence_itself() -> None:
    for stored in STORED:
        assert retell(stored["text"]) is stored["text"]


def test_every_form_has_other_words_in_german() -> None:
    with translation.override("de"):
        for form in (*REASONS, *ORIGINS):
            assert translation.gettext(form) != form
