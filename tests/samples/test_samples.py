"""The bundled sample images, as files: what the manifest says of them is true."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scripts.samples import build
from scripts.samples.catalogue import DRAWINGS, EVERYTHING
from scripts.samples.edits import Mask, Pixels
from scripts.samples.recipes import ORIGINALS, RECIPES, SAMPLES

MANIFEST: list[dict[str, Any]] = json.loads((SAMPLES / "manifest.json").read_text())
FIELDS = ["file", "title", "note", "kind", "truth", "credit", "licence", "source", "how", "mask"]
TRUTH = {"photograph": "real", "edited": "edited", "generated": "ai_generated"}
LICENCES = {"Public domain", "CC0-1.0", "CC BY 2.0", "CC BY 2.0 (flower), CC0-1.0 (coffee)", "Apache-2.0"}
EVERY_SAMPLE = pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
EVERY_EDIT = pytest.mark.parametrize("file", sorted(RECIPES))


def pixels_of(file: str) -> Pixels:
    with Image.open(SAMPLES / file) as image:
        return np.array(image.convert("RGB"))


def mask_of(file: str) -> Mask:
    with Image.open(SAMPLES / "masks" / f"{file[:-4]}.png") as image:
        return np.array(image)


def entries(kind: str) -> list[dict[str, Any]]:
    return [entry for entry in MANIFEST if entry["kind"] == kind]


def test_the_manifest_is_what_the_catalogue_says() -> None:
    assert [asdict(sample) for sample in EVERYTHING] == MANIFEST


def test_the_readme_is_what_the_catalogue_says() -> None:
    assert (SAMPLES / "README.md").read_text() == build.readme()


def test_the_folder_holds_the_manifest_s_files_and_no_other_image() -> None:
    images = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.suffix in {".jpg", ".png"}}
    named = {entry["file"] for entry in MANIFEST} | {entry["mask"] for entry in MANIFEST if entry["mask"]}
    assert images == named


def test_there_are_photographs_edits_and_generated_pictures() -> None:
    assert {kind: len(entries(kind)) for kind in TRUTH} == {"photograph": 7, "edited": 4, "generated": 4}


def test_no_two_samples_share_a_file_or_a_title() -> None:
    assert len({entry["file"] for entry in MANIFEST}) == len({entry["title"] for entry in MANIFEST}) == len(MANIFEST)


def test_everything_together_is_under_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 2_000_000


@EVERY_SAMPLE
def test_an_entry_has_every_field_and_only_the_mask_may_be_empty(entry: dict[str, Any]) -> None:
    assert list(entry) == FIELDS
    assert all(entry[field] for field in FIELDS if field != "mask")


@EVERY_SAMPLE
def test_the_truth_follows_from_the_kind(entry: dict[str, Any]) -> None:
    assert entry["truth"] == TRUTH[entry["kind"]]
    assert (entry["mask"] is not None) == (entry["kind"] == "edited")


@EVERY_SAMPLE
def test_the_licence_is_one_that_lets_anybody_pass_the_picture_on(entry: dict[str, Any]) -> None:
    assert entry["licence"] in LICENCES


@EVERY_SAMPLE
def test_a_sample_is_a_whole_jpeg_of_a_modest_size(entry: dict[str, Any]) -> None:
    path = SAMPLES / entry["file"]
    with Image.open(path) as image:
        image.load()
        assert image.format == "JPEG"
        assert 256 <= min(image.size) <= max(image.size) <= 640
    assert path.stat().st_size < 200_000


@EVERY_SAMPLE
def test_the_readme_names_file_credit_and_licence_in_one_row(entry: dict[str, Any]) -> None:
    rows = (SAMPLES / "README.md").read_text().splitlines()
    (row,) = [row for row in rows if row.startswith(f"| [{entry['file']}]")]
    assert all(entry[field] in row for field in ("credit", "licence", "source", "how", "title"))


@EVERY_EDIT
def test_an_edit_equals_its_original_outside_its_mask_before_it_is_saved(file: str) -> None:
    edit, original = RECIPES[file](), pixels_of(ORIGINALS[file])
    assert np.array_equal(edit.pixels[~edit.mask], original[~edit.mask])


@EVERY_EDIT
def test_an_edit_differs_from_its_original_nearly_everywhere_inside_its_mask(file: str) -> None:
    edit, original = RECIPES[file](), pixels_of(ORIGINALS[file])
    assert (edit.pixels != original).any(axis=2)[edit.mask].mean() > 0.95


@EVERY_EDIT
def test_a_recipe_gives_the_same_edit_each_time(file: str) -> None:
    first, second = RECIPES[file](), RECIPES[file]()
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.mask, second.mask)


@EVERY_EDIT
def test_the_bundled_edit_is_what_its_recipe_makes(file: str) -> None:
    difference = np.abs(pixels_of(file).astype(int) - RECIPES[file]().pixels)
    assert difference.mean() < 3


@EVERY_EDIT
def test_the_bundled_mask_is_one_bit_deep_and_what_its_recipe_makes(file: str) -> None:
    with Image.open(SAMPLES / "masks" / f"{file[:-4]}.png") as image:
        assert (image.format, image.mode) == ("PNG", "1")
    assert (mask_of(file) != RECIPES[file]().mask).mean() < 0.001


@EVERY_EDIT
def test_a_mask_covers_a_small_part_of_its_picture(file: str) -> None:
    mask = mask_of(file)
    assert mask.shape == pixels_of(file).shape[:2]
    assert 0.005 < mask.mean() < 0.1


@EVERY_EDIT
def test_an_edit_keeps_the_licence_of_its_original(file: str) -> None:
    licence = {entry["file"]: entry["licence"] for entry in MANIFEST}
    assert licence[ORIGINALS[file]] in licence[file]


def test_every_edited_and_every_generated_sample_can_be_made_again() -> None:
    assert {entry["file"] for entry in entries("edited")} == set(RECIPES) == set(ORIGINALS)
    assert {entry["file"] for entry in entries("generated")} == set(DRAWINGS)
