"""Every combination of roles, bands and missing roles, against a table written out by hand."""

import itertools

import pytest

from moderation.verdicts.judge import Band, Rules, Thresholds, human_verdict, judge, label_of
from moderation.verdicts.models import Action, Label
from moderation.verdicts.readings import Reading

LIMITS = Thresholds(review=0.4, label=0.6, block=0.9)
RULES = Rules(
    thresholds={"general": LIMITS, "face": LIMITS, "edited": LIMITS},
    required_roles=["general", "face", "edited"],
    actions={"real": "allow", "ai_generated": "block", "edited": "label", "cannot_tell": "review"},
)
OF_BAND = {"clear": 0.1, "abstain": 0.5, "label": 0.7, "block": 0.95}
MISSING = "missing"
SILENT = "silent"

# What each state of a role asks for: (label, action). A silent role ran and found no face.
ASKS_AI = {
    "clear": ("real", "allow"),
    "abstain": ("uncertain", "review"),
    "label": ("ai_generated", "label"),
    "block": ("ai_generated", "block"),
    MISSING: ("uncertain", "review"),
    SILENT: ("real", "allow"),
}
ASKS_EDITED = {**ASKS_AI, "label": ("edited", "label"), "block": ("edited", "block")}
LABELS = ["real", "uncertain", "edited", "ai_generated"]
ACTIONS = ["allow", "label", "review", "block"]
STATES = ["clear", "abstain", "label", "block", MISSING]
TABLE = list(itertools.product(STATES, [*STATES, SILENT], STATES))


def readings(**states: str) -> list[Reading]:
    return [Reading(role, OF_BAND[state]) for role, state in states.items() if state in OF_BAND]


@pytest.mark.parametrize(("general", "face", "edited"), TABLE)
def test_label_follows_precedence_and_action_is_the_severest(general: str, face: str, edited: str) -> None:
    states = {"general": general, "face": face, "edited": edited}
    ran = [role for role, state in states.items() if state != MISSING]
    asked = [ASKS_AI[general], ASKS_AI[face], ASKS_EDITED[edited]]

    found = judge(readings(**states), ran, RULES)

    assert found.label == max((label for label, _ in asked), key=LABELS.index)
    assert found.action == max((action for _, action in asked), key=ACTIONS.index)


@pytest.mark.parametrize(
    ("states", "label", "action", "code"),
    [
        ({"general": "clear", "face": "clear", "edited": "clear"}, "real", "allow", "all_below_review"),
        ({"general": "block", "face": "clear", "edited": "clear"}, "ai_generated", "block", "general_above_block"),
        ({"general": "clear", "face": "label", "edited": "block"}, "ai_generated", "block", "face_above_label"),
        ({"general": "abstain", "face": "clear", "edited": "label"}, "edited", "review", "edited_above_label"),
        ({"general": "clear", "face": "abstain", "edited": "clear"}, "uncertain", "review", "face_uncertain"),
        ({"general": "clear", "face": MISSING, "edited": "clear"}, "uncertain", "review", "face_not_run"),
        ({"general": "label", "face": MISSING, "edited": MISSING}, "ai_generated", "review", "general_above_label"),
    ],
)
def test_first_reason_names_the_deciding_role(states: dict[str, str], label: str, action: str, code: str) -> None:
    ran = [role for role, state in states.items() if state != MISSING]

    found = judge(readings(**states), ran, RULES)

    assert (found.label, found.action, found.reasons[0]["code"]) == (label, action, code)


@pytest.mark.parametrize(
    ("probability", "band"),
    [(0.0, 0), (0.3999, 0), (0.4, 1), (0.5999, 1), (0.6, 2), (0.8999, 2), (0.9, 3), (1.0, 3)],
)
def test_bands_begin_at_their_threshold(probability: float, band: int) -> None:
    assert LIMITS.band(probability) is Band(band)


def test_policy_without_block_never_blocks() -> None:
    rules = Rules({"general": Thresholds(0.4, 0.6)}, ["general"], {})

    found = judge([Reading("general", 1.0)], ["general"], rules)

    assert (found.label, found.action) == (Label.AI_GENERATED, Action.LABEL)


def test_worst_face_decides_and_is_named() -> None:
    faces = [Reading("face", 0.1, 1, 2), Reading("face", 0.95, 2, 2), Reading("general", 0.2), Reading("edited", 0.2)]

    found = judge(faces, ["general", "face", "edited"], RULES)

    assert found.label is Label.AI_GENERATED
    assert found.confidence == 0.95
    assert found.reasons == [
        {
            "code": "face_above_block",
            "text": "The face model, face 2 of 2, puts 95 % on AI-generated; this policy blocks from 90 %.",
        }
    ]


def test_confidence_of_real_is_what_the_largest_finding_leaves() -> None:
    found = judge([Reading("general", 0.3), Reading("edited", 0.1)], ["general", "face", "edited"], RULES)

    assert (found.label, found.confidence) == (Label.REAL, pytest.approx(0.7))


def test_confidence_of_uncertain_is_its_likelier_side() -> None:
    found = judge([Reading("general", 0.45)], ["general", "face", "edited"], RULES)

    assert (found.label, found.confidence) == (Label.UNCERTAIN, pytest.approx(0.55))


def test_nothing_that_ran_gives_no_confidence() -> None:
    found = judge([], [], RULES)

    assert (found.label, found.action, found.confidence) == (Label.UNCERTAIN, Action.REVIEW, None)
    assert [reason["code"] for reason in found.reasons] == ["general_not_run", "face_not_run", "edited_not_run"]


def test_no_text_claims_certainty_or_authenticity() -> None:
    sure = judge([Reading("general", 1.0)], ["general", "face", "edited"], RULES)
    clear = judge([Reading("general", 0.0)], ["general", "face", "edited"], RULES)

    assert "99 %" in sure.reasons[0]["text"]
    assert clear.reasons[0]["text"].endswith("That is no proof that the picture is authentic.")


def test_role_without_thresholds_is_judged_by_the_cautious_fallback() -> None:
    assert label_of("thumbnail", 0.5, RULES) is Label.UNCERTAIN


def test_cannot_tell_is_an_uncertain_verdict_with_the_policy_action() -> None:
    assert human_verdict("cannot_tell", RULES.actions) == (Label.UNCERTAIN, Action.REVIEW)
    assert human_verdict("ai_generated", RULES.actions) == (Label.AI_GENERATED, Action.BLOCK)


def test_silence_that_a_policy_allows_claims_no_model() -> None:
    found = judge([], ["face"], Rules({}, [], {}))

    assert (found.label, found.action, found.confidence) == (Label.REAL, Action.ALLOW, None)
    assert found.reasons[0]["text"].startswith("No model had anything to say of the picture")
