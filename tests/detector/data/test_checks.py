"""The guards hold on a sound pack and fail on one that gives the answer away."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from detector.data.checks import Looked, check, leaks, look
from detector.data.sources import DataError
from detector.training.packs import Sample
from tests.detector.data.archives_for_tests import textured
from tests.detector.pictures import encoded


def sample(seed: int, label: int, quality: int = 85, name: str | None = None) -> Sample:
    data = encoded(textured(seed, 48), "JPEG", quality=quality)
    return Sample(name or f"s{seed % 3}{label}__{seed}.jpg", f"s{seed % 3}{label}", label, Path("pack.tar"), data)


def looked(quality_of_ai: int = 85, n: int = 60) -> Looked:
    return look([sample(seed, 0) for seed in range(n)] + [sample(seed + 1000, 1, quality_of_ai) for seed in range(n)])


@pytest.fixture(scope="module")
def sound() -> Looked:
    return looked()


def test_a_sound_pack_passes_every_guard(sound: Looked) -> None:
    report = check(sound, look([sample(seed, seed % 2) for seed in range(5000, 5020)]))
    assert report["passed"] == {
        "one label for each picture": True,
        "metadata tells nothing": True,
        "shuffled labels score by chance": True,
        "nothing stands in both": True,
    }
    assert report["n"] == 120
    assert report["counts"]["real"] == {"s00": 20, "s10": 20, "s20": 20}
    assert 0.3 < report["metadata"]["auc"] < 0.6
    assert abs(report["shuffled_labels"]["auc"] - 0.5) < 0.2


def test_a_class_of_its_own_quality_is_found_by_metadata_and_by_size() -> None:
    report = check(looked(quality_of_ai=40))
    assert not report["passed"]["metadata tells nothing"]
    assert report["metadata"]["auc"] > 0.99
    assert report["metadata"]["auc_across_sources"] > 0.99
    assert report["file_size"]["auc"] > 0.95


def test_the_same_picture_in_both_is_found_by_bytes_and_by_sight(sound: Looked) -> None:
    again = encoded(textured(1, 48), "WEBP", quality=80)
    others = look([sample(0, 0, name="copy.jpg"), Sample("other.webp", "x", 0, Path("t.tar"), again), sample(7000, 0)])
    report = leaks(others, sound)
    assert [(row["file"], row["as"], row["reason"]) for row in report["both"]] == [
        ("pack.tar: copy.jpg", "pack.tar: s00__0.jpg", "same bytes"),
        ("t.tar: other.webp", "pack.tar: s10__1.jpg", "the same picture"),
    ]
    assert report["both"][0]["sha256"] == hashlib.sha256(others.samples[0].read()).hexdigest()
    assert not check(sound, others)["passed"]["nothing stands in both"]


def test_repeats_are_counted_and_contradictions_named(sound: Looked) -> None:
    samples = [*sound.samples, sample(0, 0, name="again.jpg"), sample(1, 1, name="against.jpg")]
    report = check(look(samples))
    assert report["repeats"] == {"same_bytes": 2, "both_labels": [["pack.tar: s10__1.jpg", "pack.tar: against.jpg"]]}
    assert not report["passed"]["one label for each picture"]


def test_unreadable_files_are_rows(sound: Looked) -> None:
    broken = look([Sample("a.jpg", "a", 0, Path("t.tar"), b"no"), Sample("b.jpg", "a", 1, Path("/nowhere/b.jpg"))])
    assert [row["file"] for row in broken.unreadable] == ["t.tar: a.jpg", "/nowhere/b.jpg"]
    assert broken.samples == []


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match="at least 20 images of each class"):
        check(looked(n=19))


def test_looking_tells_how_far_it_is() -> None:
    steps: list[tuple[int, int | None]] = []
    look([sample(1, 0), sample(2, 1)], lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_thumbnails_and_features_are_numbers(sound: Looked) -> None:
    assert np.array(sound.metadata).shape == (120, 10)
    assert np.array(sound.thumbnails).shape == (120, 64)
    assert 0 <= np.array(sound.thumbnails).min() < np.array(sound.thumbnails).max() <= 1
