"""What a client may hold: one of each object that an address of the API names, so that every address can be walked."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from detector.results import Box
from detector.results import Heatmap as DetectorMap
from moderation.analysis.results import Result
from moderation.clients.models import ApiKey
from moderation.intake.models import Submission
from moderation.verdicts import services as verdicts
from moderation.webhooks.models import Endpoint
from tests.factories import key, picture, said
from tests.webhooks import factories as webhooks

API = "/api/v1"
PERIOD = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
POLICY: dict[str, Any] = {
    "name": "strict",
    "thresholds": {"general": {"review": 0.2, "label": 0.4, "block": 0.9}},
    "required_roles": ["general"],
    "actions": {"real": "allow", "ai_generated": "block", "edited": "label", "cannot_tell": "review"},
}
BODIES: dict[str, Any] = {
    "appeals_create": {"statement": "I took this picture myself."},
    "decisions_create": {"label": "edited", "reason_code": "visual_artifacts", "note": "The shadows disagree."},
    "reports_create": {"expected": "real", "note": "This is a photograph."},
    "keys_rotate": {"overlap_seconds": 60},
    "policies_simulate": POLICY,
    "webhook_endpoints_update": {"description": "changed"},
    "webhook_endpoints_replay": PERIOD,
    "webhook_endpoints_rotate_secret": {"overlap_seconds": 60},
}
"""A body that is good, by operation; the others take none."""


def call(secret: str | None, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
    """Call the site in this process, with a key or without; an answer of 500 is an answer too."""
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    more = {} if body is None else {"data": body, "content_type": kind}
    return getattr(Browser(raise_request_exception=False), method)(path, headers=headers, **more)


class Holdings:
    """A client with a key of every scope, and its objects by the names that the addresses have for them."""

    def __init__(self) -> None:
        self.key, self.secret = key()
        self.client = self.key.client
        self.submission = self._submitted()
        self.finding = self._judged()
        self.made: dict[str, str] = {}

    def identifier(self, parameter: str) -> str:
        """Return the identifier of the client's object of a kind, made when it is first asked for."""
        if parameter not in self.made:
            self.made[parameter] = MAKERS[parameter](self)
        return self.made[parameter]

    def address(self, template: str, other: Mapping[str, str] | None = None) -> str:
        """Return a path of the schema with this client's identifiers, or with others."""
        for part in [one.partition("}")[0] for one in template.split("{")[1:]]:
            template = template.replace(f"{{{part}}}", (other or {}).get(part) or self.identifier(part))
        return template

    def everything(self) -> set[str]:
        """Return every identifier of this client's that was made."""
        return {self.client.pk, self.key.pk, self.submission.pk, self.finding, *self.made.values()}

    def post(self, path: str, body: Any) -> str:
        answer = call(self.secret, "post", f"{API}/{path}", body)
        assert answer.status_code in {201, 202}, answer.content
        return str(answer.json()["id"])

    def upload(self, path: str, name: str, data: bytes, **fields: str) -> str:
        headers = {"authorization": f"Bearer {self.secret}"}
        answer = Browser().post(f"{API}/{path}", {"file": SimpleUploadedFile(name, data), **fields}, headers=headers)
        assert answer.status_code in {201, 202}, answer.content
        return str(answer.json()["id"])

    def _submitted(self) -> Submission:
        made = self.upload(
            "submissions", "a.png", picture(80, 40), author_id=AUTHOR, metadata='{"held": "by the owner"}'
        )
        return Submission.objects.get(pk=made)

    def _judged(self) -> str:
        one = verdicts.Said(said(0.9).model, 0.9, 2.0, None, has_heatmap=True)
        findings = verdicts.record_analysis(self.submission, [one], {"general": one.model.pk})
        map_ = DetectorMap(np.eye(4, dtype=np.uint8) * 255, Box(0, 0, 80, 40), (80, 40))
        Result([one], [map_], {}).keep_heatmaps(findings)
        return findings[0].pk


AUTHOR = "author-of-the-owner"


def _endpoint(owner: Holdings) -> str:
    return webhooks.endpoint(client=owner.client).pk


def _endpoint_of(owner: Holdings) -> Endpoint:
    return Endpoint.objects.get(pk=owner.identifier("endpoint_id"))


def _key(owner: Holdings) -> str:
    made: ApiKey = key(owner.client, ["read"])[0]
    return made.pk


MAKERS: dict[str, Callable[[Holdings], str]] = {
    "submission_id": lambda owner: owner.submission.pk,
    "finding_id": lambda owner: owner.finding,
    "author_id": lambda _: AUTHOR,
    "appeal_id": lambda owner: owner.post(f"submissions/{owner.submission.pk}/appeals", BODIES["appeals_create"]),
    "event_id": lambda owner: webhooks.event(_endpoint_of(owner)).pk,
    "known_id": lambda owner: owner.post("known_images", {"sha256": "ab" * 32, "label": "ai_generated"}),
    "policy_id": lambda owner: owner.post("policies", POLICY),
    "endpoint_id": _endpoint,
    "delivery_id": lambda owner: webhooks.delivery(_endpoint_of(owner)).pk,
    "key_id": _key,
    "import_id": lambda owner: owner.upload("imports", "a.csv", b"url\nhttps://pictures.example/1.jpg\n"),
}
