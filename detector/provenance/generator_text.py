"""Texts that image generators leave in their files: settings, prompts, graphs.

PNG chunks of AUTOMATIC1111's web UI (`parameters`), ComfyUI (`prompt`, `workflow`), NovelAI, InvokeAI, SwarmUI and
Midjourney (`Description`); the same texts in EXIF UserComment, ImageDescription, Make and Model, where JPEG and WebP
keep them. A text is recognised by its key and its form together, and never parsed: it may be of any size and depth.
"""

import re
from collections.abc import Callable, Iterator

from detector.provenance import tags
from detector.provenance.base import LONGEST_NAME, Evidence, Kind, Suggests, Trust, clean
from detector.provenance.source import Source

LOOKED_AT = 1_000_000
_STEPS = re.compile(r"\bSteps: \d{1,6}, ")
_SETTING = re.compile(r"\b(Sampler|CFG scale|Seed|Size|Model hash|Model): ([^,\n]{1,100})")
_JOB = re.compile(r"\bJob ID: ?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_COMMENT_CODES = {b"ASCII\x00\x00\x00": "latin-1", b"UNICODE\x00": "utf-16", b"\x00" * 8: "utf-8"}


def _is_web_ui(key: str, text: str) -> bool:
    return key in {"parameters", "usercomment", "comment"} and bool(_STEPS.search(text) and _SETTING.search(text))


def _is_comfy(key: str, text: str) -> bool:
    graph = text.lstrip().startswith("{")
    return graph and (
        (key in {"prompt", "usercomment"} and '"class_type"' in text)
        or (key in {"workflow", "usercomment"} and '"nodes"' in text and '"links"' in text)
    )


def _is_novel(key: str, text: str) -> bool:
    return (key == "software" and text.strip() == "NovelAI") or (key == "source" and text.startswith("NovelAI"))


def _is_invoke(key: str, text: str) -> bool:
    return key in {"invokeai_metadata", "invokeai_graph", "invokeai_workflow", "sd-metadata"} and "{" in text


def _is_swarm(key: str, text: str) -> bool:
    return key in {"parameters", "usercomment"} and text.lstrip().startswith("{") and '"sui_image_params"' in text


def _is_midjourney(key: str, text: str) -> bool:
    return key in {"description", "imagedescription", "comment"} and bool(_JOB.search(text))


_GENERATORS: dict[str, Callable[[str, str], bool]] = {
    "Stable Diffusion web UI": _is_web_ui,
    "ComfyUI": _is_comfy,
    "NovelAI": _is_novel,
    "InvokeAI": _is_invoke,
    "SwarmUI": _is_swarm,
    "Midjourney": _is_midjourney,
}
_KEYS = {"parameters", "prompt", "workflow", "invokeai_metadata", "invokeai_graph", "invokeai_workflow", "sd-metadata"}


class GeneratorText:
    kind = Kind.GENERATOR_TEXT

    def read(self, source: Source) -> Iterator[Evidence]:
        """One finding for each generator whose text stands in the file."""
        told: set[str] = set()
        for key, text in _texts(source):
            name = _generator(key.lower(), text[:LOOKED_AT])
            if name and name not in told:
                told.add(name)
                yield _evidence(name, key, text)
        if not told and _KEYS & {key.lower() for key in source.blocks.broken}:
            source.damaged.add(self.kind)


def _generator(key: str, text: str) -> str | None:
    return next((name for name, recognised in _GENERATORS.items() if recognised(key, text)), None)


def _evidence(name: str, key: str, text: str) -> Evidence:
    settings = {match[1].lower().replace(" ", "_"): clean(match[2]) for match in _SETTING.finditer(text[-5_000:])}
    details = {"generator": name, "key": clean(key), "text": clean(text), "settings": settings}
    summary = f"A text of the kind that {name} leaves in its images stands in “{clean(key, LONGEST_NAME)}”."
    return Evidence(Kind.GENERATOR_TEXT, Trust.FORGEABLE, Suggests.AI_GENERATED, summary, details)


def _texts(source: Source) -> Iterator[tuple[str, str]]:
    yield from source.blocks.texts
    yield "UserComment", _comment(source.exif.get(tags.COMMENT))
    yield "ImageDescription", _text(source.exif.get(tags.DESCRIPTION))
    for tag in (tags.MAKE, tags.MODEL):
        key, _, text = _text(source.exif.get(tag)).partition(":")
        yield key, text


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _comment(value: object) -> str:
    """An EXIF UserComment: eight bytes name its code, and UTF-16 may have either order whatever the block has."""
    if not isinstance(value, bytes):
        return ""
    code, body = _COMMENT_CODES.get(value[:8], "utf-8"), value[8:]
    if code == "utf-16":
        code = "utf-16-be" if body[0::2].count(0) > body[1::2].count(0) else "utf-16-le"
    return body.decode(code, "replace").lstrip("\ufeff")
