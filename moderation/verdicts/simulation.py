"""What other rules would have done to a client's last submissions: a dry run on what the models said then.

Nothing is written and nothing is looked at again: the findings that are kept are judged anew.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.times import rfc3339
from moderation.clients.models import Client
from moderation.intake.models import State, Submission
from moderation.matching.models import Match
from moderation.verdicts import judge
from moderation.verdicts.models import Action, DecidedBy, Finding, KnownRule, Label, Provenance, Verdict
from moderation.verdicts.provenance import Examined
from moderation.verdicts.readings import Known, Reading

LAST = 10_000
AT_ONCE = 1_000
EXAMPLES = 20
SIGNED_AI = [{"trust": "signed", "suggests": "ai_generated"}]
Pair = tuple[str, str]  # label and action


@dataclass(frozen=True)
class Past:
    """A submission with what a policy made of it, what the rules would, and what a person decided, if one did."""

    submission: str
    before: Pair
    after: Pair
    decided: str | None


@dataclass
class Tally:
    """The counts over all of them."""

    count: int = 0
    before: Counter[Pair] = field(default_factory=Counter)
    after: Counter[Pair] = field(default_factory=Counter)
    moves: Counter[tuple[Pair, Pair]] = field(default_factory=Counter)
    examples: list[Past] = field(default_factory=list)
    decided: int = 0
    agreed_before: int = 0
    agreed_after: int = 0

    def add(self, past: Past) -> None:
        self.count += 1
        self.before[past.before] += 1
        self.after[past.after] += 1
        if past.before != past.after:
            self.moves[past.before, past.after] += 1
            self.examples += [past] if len(self.examples) < EXAMPLES else []
        if past.decided not in (None, Label.UNCERTAIN):
            self.decided += 1
            self.agreed_before += past.before[0] == past.decided
            self.agreed_after += past.after[0] == past.decided


def simulate(client: Client, rules: judge.Rules) -> dict[str, Any]:
    """Judge the client's last 10,000 analysed submissions by ``rules`` and compare.

    Returns:
        What ``POST /policies/{id}/simulate`` answers: counts by label and action before and after, the moves between
        them, how often each agrees with the people who decided (who could tell), and the newest that would change.
        "Before" is the newest verdict that a policy gave.
    """
    rows = Submission.objects.filter(client=client, state=State.ANALYSED).order_by("-pk")
    found = list(rows.values_list("pk", "created_at")[:LAST])
    tally = Tally()
    for start in range(0, len(found), AT_ONCE):
        for past in _judged([pk for pk, _ in found[start : start + AT_ONCE]], rules):
            tally.add(past)
    return {
        "submissions": tally.count,
        "since": rfc3339(found[-1][1]) if found else None,
        "until": rfc3339(found[0][1]) if found else None,
        **_rendered(tally),
    }


def _judged(ids: Sequence[str], rules: judge.Rules) -> Iterator[Past]:
    readings, signed = _readings(ids), _signed(ids) if rules.believe_signed_ai else {}
    known = _known(ids) if rules.known_images != KnownRule.OFF else {}
    people = Verdict.objects.filter(submission__in=ids, is_current=True, decided_by=DecidedBy.PERSON)
    decided = dict(people.values_list("submission_id", "label"))
    given = Verdict.objects.filter(submission__in=ids, decided_by=DecidedBy.POLICY)
    newest = given.order_by("submission_id", "-revision").distinct("submission_id")
    verdicts = {row[0]: row for row in newest.values_list("submission_id", "label", "action", "roles_run")}
    for pk in ids:
        if pk in verdicts:
            _, label, action, roles_run = verdicts[pk]
            judgement = judge.judge(readings[pk], roles_run, rules, signed.get(pk), known.get(pk, ()))
            yield Past(pk, (label, action), (judgement.label, judgement.action), decided.get(pk))


def _readings(ids: Sequence[str]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    rows = Finding.objects.filter(submission__in=ids).order_by("pk")
    for submission, role, probability in rows.values_list("submission_id", "role", "probability"):
        found[submission].append(Reading(role, probability))
    return found


def _signed(ids: Sequence[str]) -> dict[str, str | None]:
    rows = Provenance.objects.filter(submission__in=ids, findings__contains=SIGNED_AI)
    return {pk: Examined(findings).signed_ai() for pk, findings in rows.values_list("pk", "findings")}


def _known(ids: Sequence[str]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = defaultdict(list)
    rows = Match.objects.filter(submission__in=ids).order_by("pk")
    for submission, kind, label, distance in rows.values_list("submission_id", "kind", "label", "distance"):
        found[submission].append(Known(kind, label, distance))
    return found


def _rendered(tally: Tally) -> dict[str, Any]:
    return {
        "before": _counts(tally.before),
        "after": _counts(tally.after),
        "changed": tally.moves.total(),
        "moves": [
            {"before": _pair(before), "after": _pair(after), "submissions": count}
            for (before, after), count in tally.moves.most_common()
        ],
        "people": {
            "decided": tally.decided,
            "agreed_before": tally.agreed_before,
            "agreed_after": tally.agreed_after,
        },
        "examples": [
            {"submission": past.submission, "before": _pair(past.before), "after": _pair(past.after)}
            for past in tally.examples
        ],
    }


def _counts(pairs: Counter[Pair]) -> dict[str, dict[str, int]]:
    labels: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    for (label, action), count in pairs.items():
        labels[label] += count
        actions[action] += count
    return {
        "labels": {label: labels[label] for label in Label.values},
        "actions": {action: actions[action] for action in Action.values},
    }


def _pair(pair: Pair) -> dict[str, str]:
    return {"label": pair[0], "action": pair[1]}
