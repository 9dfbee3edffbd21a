"""Published data sets become packs: names, splits, repeats, leaks and edits."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.data.prepare import Options, prepare
from detector.data.sources import DataError
from detector.training.packs import read_packs
from tests.detector.data.archives_for_tests import as_folder, as_tar, as_zip, cifake, names, picture, textured
from tests.detector.pictures import encoded, noise


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_cifake_has_the_same_files_whatever_it_comes_in(tmp_path: Path, form: str) -> None:
    files = {f"archive/{name}": content for name, content in cifake().items()} | {"archive/readme.txt": b"MIT"}
    source = as_folder(tmp_path / "unpacked", files)
    if form == "zip":
        source = as_zip(tmp_path / "archive.zip", files)
    elif form == "tar":
        source = as_tar(tmp_path / "archive.tar.xz", source)
    report = prepare("cifake", source, tmp_path / "pack")
    assert names(tmp_path / "pack") == [
        "report.json",
        *(
            f"{split}/{label}/{made}__{number:04d} ({number + 2}).jpg"
            for split in ("test", "train")
            for label, made in (("ai", "sd14"), ("real", "cifar10"))
            for number in range(2)
        ),
    ]
    assert (tmp_path / "pack/train/real/cifar10__0001 (3).jpg").read_bytes() == cifake()["train/REAL/0001 (3).jpg"]
    assert report["counts"]["train/ai"] == {"sd14": 2}
    assert (report["ignored_count"], report["removed_count"], report["rejected_count"]) == (1, 0, 0)
    assert json.loads((tmp_path / "pack/report.json").read_text()) == report


def test_repeats_in_training_go_and_leaked_test_files_are_listed_and_stay(tmp_path: Path) -> None:
    files = cifake(3)
    files["train/FAKE/repeat.jpg"] = files["train/FAKE/0000 (2).jpg"]
    files["test/FAKE/leak.jpg"] = files["train/FAKE/0001 (3).jpg"]
    report = prepare("cifake", as_zip(tmp_path / "a.zip", files), tmp_path / "pack")
    digest = hashlib.sha256(files["train/FAKE/0001 (3).jpg"]).hexdigest()
    (removed,) = report["removed"]
    assert removed["file"] == "train/ai/sd14__repeat.jpg"
    assert removed["as"] == "train/ai/sd14__0000 (2).jpg"
    assert (tmp_path / "pack/leaked.txt").read_text() == f"{digest}  test/ai/sd14__leak.jpg\n"
    assert (tmp_path / "pack/test/ai/sd14__leak.jpg").exists()
    assert len(read_packs([tmp_path / "pack/train"])) == 6


def test_edits_get_masks_and_what_is_no_edit_is_real(tmp_path: Path) -> None:
    originals = {f"{split}/REAL/{n}.png": picture(n) for split in ("train", "test") for n in (1, 2)}
    pixels = noise(32, 32, 1).copy()
    pixels[4:8, 10:20] ^= 255
    edits = {
        "train-real-edited/EDITED/1.png": encoded(pixels, "PNG"),
        "train-real-edited/EDITED/2.png": picture(2),
        "test-fake-edited/EDITED/7.png": picture(7),
    }
    others = {f"{split}/FAKE/{n}.png": picture(n + 50) for split in ("train", "test") for n in (1, 2)}
    first = as_folder(tmp_path / "cifake", {name: data for name, data in originals.items() if "train" in name} | others)
    as_folder(first, {"test/REAL/3.png": picture(3)})
    second = as_folder(tmp_path / "edited", edits)
    report = prepare("cifake", first, tmp_path / "pack", Options(edits=second))
    made = [name for name in names(tmp_path / "pack") if name.startswith("edits")]
    assert made == [
        "edits-test/edited/fake-edited__7.png",
        "edits-train/edited/real-edited__1.png",
        "edits-train/mask/real-edited__1.png",
        "edits-train/real/real-edited__2.png",
    ]
    mask = np.asarray(Image.open(tmp_path / "pack/edits-train/mask/real-edited__1.png"))
    assert mask.dtype == bool
    assert mask[4:8, 10:20].all()
    assert mask.sum() == 40
    assert report["edits"] == {
        "edits": 2,
        "under_1_percent": 0,
        "relabelled": [{"file": "edits-train/real/real-edited__2.png", "was": "edited"}],
        "without_original": ["edits-test/edited/fake-edited__7.png"],
    }


def test_a_photograph_that_one_set_leaves_as_it_was_still_masks_the_other(tmp_path: Path) -> None:
    files = {
        f"{split}/{label}/{n}.png": picture(n + 50 * (label == "FAKE") + 9 * (split == "test"))
        for split in ("train", "test")
        for label in ("REAL", "FAKE")
        for n in (1, 2)
    }
    edits = {"train-fake-edited/EDITED/1.png": picture(1), "train-real-edited/EDITED/1.png": picture(30)}
    report = prepare("cifake", as_folder(tmp_path / "in", files | edits), tmp_path / "pack")
    assert report["edits"]["relabelled"] == [{"file": "edits-train/real/fake-edited__1.png", "was": "edited"}]
    assert report["edits"]["without_original"] == []
    assert names(tmp_path / "pack" / "edits-train" / "mask") == ["real-edited__1.png"]


def test_faces_keep_their_three_splits_and_the_test_wins(tmp_path: Path) -> None:
    root = "real_vs_fake/real-vs-fake"
    files = {
        f"{root}/{split}/{label}/{n}.jpg": encoded(textured(1000 * i + 10 * j + n), "JPEG")
        for i, split in enumerate(("train", "valid", "test"))
        for j, label in enumerate(("real", "fake"))
        for n in range(2)
    }
    files[f"{root}/train/real/same-bytes.jpg"] = files[f"{root}/test/real/0.jpg"]
    files[f"{root}/valid/real/again.jpg"] = encoded(textured(2001), "JPEG", quality=60)
    files["train.csv"] = b",original_path,id,label"
    report = prepare("faces-140k", as_zip(tmp_path / "140k.zip", files), tmp_path / "pack")
    assert {row["file"]: row["as"] for row in report["removed"]} == {
        "train/real/ffhq140k__same-bytes.jpg": "test/real/ffhq140k__0.jpg",
        "valid/real/ffhq140k__again.jpg": "test/real/ffhq140k__1.jpg",
    }
    assert report["counts"]["test/real"] == {"ffhq140k": 2}
    assert report["counts"]["valid/ai"] == {"stylegan140k": 2}


def test_what_is_not_split_is_dealt_by_content_and_repeats_itself(tmp_path: Path) -> None:
    files = {
        f"set/{label}/{n}.png": picture(100 * (label == "Fake") + n) for label in ("Real", "Fake") for n in range(30)
    }
    source = as_zip(tmp_path / "general.zip", files)
    first = prepare("realifake", source, tmp_path / "one", Options(test_share=0.4))
    second = prepare("realifake", source, tmp_path / "two", Options(test_share=0.4))
    assert names(tmp_path / "one") == names(tmp_path / "two")
    assert first == second
    assert sum(sum(group.values()) for group in first["counts"].values()) == 60
    assert 12 <= len(read_packs([tmp_path / "one/test"])) <= 36


def test_folders_of_other_names_and_of_sources_are_understood(tmp_path: Path) -> None:
    files = {
        "Training/0_real/bsds/a.png": picture(1),
        "Training/AI-Generated/midjourney/b.png": picture(2),
        "Training/weird/c.png": picture(3),
        "val/0_real/ffhq__d.png": picture(4),
        "val/1_fake/e.png": picture(5),
    }
    options = Options(names={"weird": "ai"})
    report = prepare("folder", as_folder(tmp_path / "mine", files), tmp_path / "pack", options)
    assert report["counts"] == {
        "train/ai": {"midjourney": 1, "mine": 1},
        "train/real": {"bsds": 1},
        "valid/ai": {"mine": 1},
        "valid/real": {"ffhq": 1},
    }


def test_the_same_bytes_under_both_labels_teach_nothing(tmp_path: Path) -> None:
    files = {f"train/{label}/{n}.png": picture(n + 10 * (label == "ai")) for label in ("real", "ai") for n in range(2)}
    files["train/real/both.png"] = files["train/ai/both.png"] = picture(99)
    report = prepare("folder", as_folder(tmp_path / "in", files), tmp_path / "pack")
    assert {row["file"] for row in report["removed"]} == {"train/ai/in__both.png", "train/real/in__both.png"}


def test_squares_are_of_one_size_and_kind_whatever_came(tmp_path: Path) -> None:
    files = {
        "real/wide.png": encoded(noise(90, 40, 1), "PNG"),
        "real/tall.bmp": encoded(noise(30, 80, 2), "BMP"),
        "ai/one.webp": encoded(noise(64, 64, 3), "WEBP"),
        "ai/two.jpg": encoded(noise(64, 64, 4), "JPEG"),
    }
    source = as_folder(tmp_path / "in", {f"train/{name}": data for name, data in files.items()})
    prepare("folder", source, tmp_path / "pack", Options(square=48))
    made = [Image.open(io.BytesIO(sample.read())) for sample in read_packs([tmp_path / "pack"])]
    assert [(image.format, image.size) for image in made] == [("JPEG", (48, 48))] * 4


@pytest.mark.parametrize(
    ("kind", "files", "said"),
    [
        ("cifake", {"train/REAL/1.png": picture(1), "train/FAKE/2.png": picture(2)}, "no real images for test"),
        ("faces-140k", {"real/1.png": picture(1), "fake/2.png": picture(2)}, "no real images for train"),
        ("folder", {"cats/1.png": picture(1), "dogs/2.png": picture(2)}, "Other folders in it: cats, dogs"),
        ("folder", {"train/real/1.png": picture(1)}, "no AI or edited images for train"),
        ("folder", {}, "no real images"),
        ("sunsets", {"real/1.png": picture(1)}, "sunsets is none of cifake"),
    ],
)
def test_a_wrong_layout_is_told_and_leaves_nothing(
    tmp_path: Path, kind: str, files: dict[str, bytes], said: str
) -> None:
    (tmp_path / "in").mkdir()
    as_folder(tmp_path / "in", files)
    with pytest.raises(DataError, match=said):
        prepare(kind, tmp_path / "in", tmp_path / "pack")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
