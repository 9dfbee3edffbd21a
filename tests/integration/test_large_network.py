"""The 17.6-million-parameter CNN: trained by its recipe, registered by command, in service, judging an upload."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from PIL import Image

from detector.bundles import load
from detector.training.packs import read_packs
from detector.training.recipes import named
from detector.training.run import Plan, run
from moderation.registry import services as registry
from tests.detector.training.packs_for_tests import make_pack
from tests.stack import running, until

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PARAMETERS = 17_566_241


def trained(folder: Path) -> Path:
    """Train by the recipe for one step on a pack of a few noisy pictures, and return the bundle's folder."""
    pack = make_pack(folder / "pack", per_source=3)
    recipe = dataclasses.replace(named("villarreal-general"), epochs=1, batch=4, validation_share=0.5)
    run(recipe, Plan(read_packs([pack]), [pack.name], None, "large", "1.0.0", folder / "large", device="cpu"))
    return folder / "large"


@pytest.mark.timeout(300)
def test_the_large_network_is_put_in_service_and_judges_an_upload(tmp_path: Path, settings: Any) -> None:
    folder = trained(tmp_path)
    network = load(folder).network.module()
    held = [tensor for name, tensor in network.state_dict().items() if not name.endswith("num_batches_tracked")]
    assert sum(tensor.numel() for tensor in held) == PARAMETERS
    assert (folder / "weights.safetensors").stat().st_size < 36_000_000
    house = tmp_path / "house"
    house.mkdir()
    settings.MEDIA_ROOT = house / "media"

    with running(house, "web", ASSAY_ENGINE="auto") as stack:
        told = io.StringIO()
        call_command("register_bundle", str(folder), "--promote", "general", stdout=told)
        assert told.getvalue() == "general: large 1.0.0 (in_service)\n"
        stack.start("worker")
        document = stack.analysed(stack.submit((SAMPLES / "astronaut.jpg").read_bytes()))
        heatmap = httpx.get(finding_of(document, "general")["heatmap_url"])
        until(lambda: parts(stack.site)["worker"]["ok"], "the worker was seen")
        assert parts(stack.site)["bundles"] == {"ok": True, "detail": versions()}
        (loaded,) = [line for line in stack.log_lines("worker") if line["event"] == "detector_loaded"]

    finding = finding_of(document, "general")
    assert (finding["model"]["name"], finding["model"]["version"]) == ("large", "1.0.0")
    assert 0 <= finding["probability"] <= 1
    assert heatmap.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(heatmap.content)) as picture:
        assert min(picture.size) >= 14
    assert loaded["models"]["general"] == "large 1.0.0"
    assert "onnxruntime " in loaded["engines"]["general"]
    assert "torch " in loaded["engines"]["general"]


def finding_of(document: dict[str, Any], role: str) -> dict[str, Any]:
    assert document["state"] == "analysed", document
    (finding,) = [one for one in document["findings"] if one["role"] == role]
    found: dict[str, Any] = finding
    return found


def parts(site: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{site}/readyz", timeout=10).json()["parts"]
    return found


def versions() -> str:
    return ", ".join(f"{role} {model.version}" for role, model in registry.in_service().items())
