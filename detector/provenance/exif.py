"""What a camera writes: make, model, lens and exposure (CIPA DC-008 "Exif"). No place, owner or serial number."""

from collections.abc import Iterator, Mapping
from typing import Any

from detector.provenance import tags
from detector.provenance.base import Evidence, Kind, Suggests, Trust, clean, name
from detector.provenance.source import Source

# ComfyUI keeps its graphs in these two tags of a WebP.
NOT_A_CAMERA = (b"workflow:", b"prompt:")


class Exif:
    kind = Kind.EXIF

    def read(self, source: Source) -> Iterator[Evidence]:
        """One finding where a camera is named or an exposure is given."""
        details = _details(source.exif)
        exposure = {"exposure", "f_number", "iso"} & details.keys()
        camera = name(_camera(details.get("make", ""), details.get("model", "")))
        if not camera and not exposure:
            return
        complete = bool(camera and exposure)
        suggests = Suggests.CAMERA if complete else Suggests.NOTHING
        yield Evidence(self.kind, Trust.FORGEABLE, suggests, _summary(camera, details), details)


def _camera(make: str, model: str) -> str:
    return model if model.lower().startswith(make.lower()) and model else f"{make} {model}".strip()


def _details(found: Mapping[int, Any]) -> dict[str, str]:
    texts = {"make": tags.MAKE, "model": tags.MODEL, "lens": tags.LENS, "taken": tags.TAKEN}
    details = {key: clean(found[tag]) for key, tag in texts.items() if _is_text(found.get(tag))}
    return {key: value for key, value in (details | _numbers(found)).items() if value}


def _is_text(value: object) -> bool:
    return isinstance(value, bytes) and not value.startswith(NOT_A_CAMERA)


def _numbers(found: Mapping[int, Any]) -> dict[str, str]:
    focal, f_number, iso = _ratio(found, tags.FOCAL_LENGTH), _ratio(found, tags.F_NUMBER), found.get(tags.ISO)
    return {
        "exposure": _seconds(_ratio(found, tags.EXPOSURE)),
        "f_number": f"f/{f_number:.3g}" if f_number else "",
        "iso": str(iso) if isinstance(iso, int) and iso > 0 else "",
        "focal_length": f"{focal:.3g} mm" if focal else "",
    }


def _ratio(found: Mapping[int, Any], tag: int) -> float:
    """A positive ratio of whole numbers, 0 where there is none."""
    value = found.get(tag)
    return max(0.0, value[0] / value[1]) if isinstance(value, tuple) and value[1] else 0.0


def _seconds(exposure: float) -> str:
    if not exposure:
        return ""
    return f"1/{round(1 / exposure)} s" if exposure < 0.3 else f"{exposure:.3g} s"


def _summary(camera: str, details: Mapping[str, str]) -> str:
    shown = ("exposure", "f_number", "focal_length")
    exposure = ", ".join(details[key] for key in shown if key in details)
    iso = f"ISO {details['iso']}" if "iso" in details else ""
    settings = ", ".join(filter(None, [exposure, iso]))
    if not camera:
        return f"An exposure is given ({settings}), but no camera."
    return f"The camera is given as {camera}{f', with {settings}' if settings else ', without an exposure'}."
