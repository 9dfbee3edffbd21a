"""The ETag of a document: equal while nothing in it changes but the links, which are signed anew each time."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

PICTURES = ("heatmap_url", "overlay_url")


def etag_of(body: Mapping[str, Any]) -> str:
    """Return a weak validator (RFC 9110, section 8.8.1): two answers with the same one mean the same."""
    text = json.dumps(_without_links(body), sort_keys=True, ensure_ascii=True)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Say whether the caller has what ``etag`` stands for (If-None-Match, compared weakly: RFC 9110, 13.1.2)."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag.removeprefix("W/") in {one.removeprefix("W/") for one in known}


def _without_links(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with whether a picture exists in place of its link."""
    kept = {name: value for name, value in body.items() if name != "links"}
    findings = [{**one, **{name: bool(one[name]) for name in PICTURES}} for one in body["findings"]]
    return {**kept, "findings": findings}
