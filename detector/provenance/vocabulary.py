"""What words in metadata mean: IPTC's digital source types, and names of programs."""

import re

from detector.provenance.base import Suggests

# https://cv.iptc.org/newscodes/digitalsourcetype/
SOURCE_TYPES: dict[str, tuple[str, Suggests]] = {
    "trainedAlgorithmicMedia": ("made by a trained model", Suggests.AI_GENERATED),
    "compositeWithTrainedAlgorithmicMedia": ("edited with a trained model", Suggests.EDITED),
    "compositeSynthetic": ("put together with synthetic parts", Suggests.EDITED),
    "compositeCapture": ("put together from captured parts", Suggests.EDITED),
    "composite": ("put together from several parts", Suggests.EDITED),
    "humanEdits": ("edited by a person", Suggests.EDITED),
    "algorithmicallyEnhanced": ("changed by an algorithm", Suggests.EDITED),
    "minorHumanEdits": ("slightly edited by a person", Suggests.NOTHING),
    "algorithmicMedia": ("made by an algorithm without training data", Suggests.NOTHING),
    "dataDrivenMedia": ("drawn from data", Suggests.NOTHING),
    "digitalCreation": ("made by a person with software", Suggests.NOTHING),
    "digitalArt": ("made by a person with software", Suggests.NOTHING),
    "softwareImage": ("made by a person with software", Suggests.NOTHING),
    "virtualRecording": ("recorded in a virtual place", Suggests.NOTHING),
    "screenCapture": ("taken from a screen", Suggests.NOTHING),
    "digitalCapture": ("captured by a camera", Suggests.CAMERA),
    "computationalCapture": ("captured by a camera with computation", Suggests.CAMERA),
    "negativeFilm": ("digitised from a negative", Suggests.CAMERA),
    "positiveFilm": ("digitised from a positive film", Suggests.CAMERA),
    "print": ("digitised from a print", Suggests.CAMERA),
}

_AI_PROGRAMS = re.compile(
    r"\b(adobe firefly|midjourney|dall[-·. ]?e|openai|chatgpt|stable diffusion|stability ai|novelai|comfyui|invokeai"
    r"|automatic1111|fooocus|swarmui|draw things|google ai|imagen|gemini|bing image creator|image creator"
    r"|ideogram|leonardo\.?ai|black forest labs|playground ai|recraft|nightcafe|civitai|grok)\b",
    re.IGNORECASE,
)
_EDITORS = re.compile(
    r"\b(photoshop|gimp|affinity photo|pixelmator|paint\.net|snapseed|picsart|facetune|faceapp|meitu|beautyplus"
    r"|photopea|canva|krita|luminar|remini|photoroom|corel)\b",
    re.IGNORECASE,
)


def source_type(value: str) -> tuple[str, str, Suggests] | None:
    """(code, meaning in words, what it suggests) of a digital source type given as address or code, or None."""
    code = value.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    known = {name.lower(): name for name in SOURCE_TYPES}.get(code.lower())
    return (known, *SOURCE_TYPES[known]) if known else None


def program(name: str) -> Suggests:
    """What the name of a program suggests: a generator AI, an editor of pictures edits, any other one nothing."""
    if _AI_PROGRAMS.search(name):
        return Suggests.AI_GENERATED
    return Suggests.EDITED if _EDITORS.search(name) else Suggests.NOTHING
