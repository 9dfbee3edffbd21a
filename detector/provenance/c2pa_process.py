"""A process that reads C2PA manifests for another one: native code on hostile bytes, where a crash harms nobody.

Run as a script; it imports nothing of this project. On stdin a line of JSON (`{"media_type", "length", "anchors",
"seconds"}`) and `length` bytes; on stdout a line of JSON. It holds itself to LARGEST_MEMORY, and to `seconds` a file
by an alarm that ends it, whatever the native code is doing. It never opens a connection: remote manifests and OCSP
are off, and no host is allowed.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import c2pa

LARGEST_MEMORY = 1_500_000_000
LONGEST = 500
MOST = 16
DEEPEST = 8

Manifest = dict[str, Any]


def settings(anchors: str) -> dict[str, Any]:
    """c2pa-rs settings: what is checked, by which roots, and that nothing is fetched."""
    verify = {
        "verify_after_reading": True,
        "verify_trust": True,
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
    }
    limits = {"allowed_network_hosts": [], "max_decompressed_manifest_size_in_mb": 16}
    return {"version": 1, "verify": verify, "core": limits, "trust": {"trust_anchors": anchors} if anchors else {}}


def examine(data: bytes, media_type: str, anchors: str) -> dict[str, Any]:
    """What the manifests of a file say and whether they hold, or `{"error": name}`."""
    try:
        context = c2pa.Context.from_dict(settings(anchors))
        with c2pa.Reader(media_type, BytesIO(data), context=context) as reader:
            return summary(json.loads(reader.json()), bool(anchors))
    except c2pa.C2paError as error:
        return {"error": type(error).__name__.removeprefix("_C2pa")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return {"error": type(error).__name__}


def summary(store: dict[str, Any], anchored: bool) -> dict[str, Any]:
    """The active manifest, its state, and what stands of the manifests of the pictures that it was made from.

    Without anchors nobody is trusted, whatever the library holds to be so by itself.
    """
    active = store["manifests"][store["active_manifest"]]
    state = str(store.get("validation_state"))
    results = store.get("validation_results", {}).get("activeManifest", {})
    return {
        "state": state if anchored or state != "Trusted" else "Valid",
        "failures": _codes(results),
        **_said(active),
        "parents": list(_parents(store, active)),
    }


def _said(manifest: Manifest) -> dict[str, Any]:
    signature = manifest.get("signature_info") or {}
    actions = [action for action in _actions(manifest) if isinstance(action, dict)]
    return {
        "generator": _generator(manifest),
        "issuer": _text(signature.get("issuer")),
        "signer": _text(signature.get("common_name")),
        "time": _text(signature.get("time")),
        "actions": _distinct(action.get("action") for action in actions),
        "source_types": _distinct(action.get("digitalSourceType") for action in actions),
    }


def _parents(store: dict[str, Any], manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The manifests of the pictures that were opened, the last one first, each with what failed when it was taken in.

    Stops where the chain turns back on itself.
    """
    seen = set()
    for _ in range(DEEPEST):
        opened = [one for one in manifest.get("ingredients", []) if one.get("relationship") == "parentOf"]
        label = opened[0].get("active_manifest") if opened else None
        if label is None or label in seen or label not in store["manifests"]:
            return
        seen.add(label)
        manifest = store["manifests"][label]
        results = (opened[0].get("validation_results") or {}).get("activeManifest", {})
        yield {"failures": _codes(results), **_said(manifest)}


def _actions(manifest: Manifest) -> list[Any]:
    kinds = ("c2pa.actions", "c2pa.actions.v2")
    told = [one for one in manifest.get("assertions", []) if str(one.get("label")).partition("__")[0] in kinds]
    return [action for one in told for action in one["data"].get("actions", [])]


def _generator(manifest: Manifest) -> str:
    named = (manifest.get("claim_generator_info") or [{}])[0]
    given = f"{named.get('name') or ''} {named.get('version') or ''}".strip()
    return _text(given or manifest.get("claim_generator"))


def _codes(results: dict[str, Any]) -> list[str]:
    return _distinct(status.get("code") for status in results.get("failure", []))


def _distinct(values: Iterator[Any]) -> list[str]:
    return list(dict.fromkeys(_text(value) for value in values if value))[:MOST]


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:LONGEST]


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while line := requests.readline():
        asked = json.loads(line)
        data = requests.read(asked["length"])
        signal.setitimer(signal.ITIMER_REAL, asked["seconds"])
        answer = examine(data, asked["media_type"], asked["anchors"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def confine() -> None:
    """Take the limits on, and let the alarm and a broken pipe end the process."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGALRM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


if __name__ == "__main__":
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)
