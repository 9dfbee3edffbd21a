"""The page says what the reports say, and nothing that they do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from detector.training.references.page import PageError, page


def figures(accuracy: float, **more: Any) -> dict[str, Any]:
    made = {"n": 100, "accuracy": accuracy, "f1": 0.5, "auc": 0.75, "balanced_accuracy": 0.6}
    return made | {"intervals": {"accuracy": [accuracy - 0.01, accuracy + 0.01], "f1": None, "auc": None}} | more


def report(row: str, seed: int, test: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {
        "row": row,
        "seed": seed,
        "images": {"0": 1000, "1": 1001, "available": 100_000},
        "epochs": 5,
        "recipe_epochs": 20,
        "began_from": "random weights",
        "seconds": 77,
        "machine": {"name": "Some processor", "threads": 1, "precision": "bfloat16", "torch": "2"},
        "leaked": 3,
        "test": test,
    }
    return made | more


def written(folder: Path, *reports: dict[str, Any]) -> Path:
    for one in reports:
        (folder / f"{one['row']}-seed{one['seed']}.json").write_text(json.dumps(one))
    return folder


def test_a_row_stands_beside_what_its_authors_measured(tmp_path: Path) -> None:
    tested = {"test": figures(0.87), "test without leaks": figures(0.86)}
    text = page(written(tmp_path, report("fakenet2-small", 0, tested)))
    line = next(line for line in text.splitlines() if line.startswith("| `fakenet2-small`"))
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "`fakenet2-small`",
        "0",
        "1,000 + 1,001 of 100,000",
        "5 of 20",
        "100",
        "87.00% (86.0% to 88.0%)",
        "86.00% (85.0% to 87.0%)",
        "0.500",
        "0.750",
        "86.87 %",
        "77",
        "Some processor, 1 thread(s), bfloat16",
    ]
    assert "reproduce fakenet2-small --data cifake/train --test cifake/test --lists lists --epochs 5 --seed 0" in text
    assert "Over several seeds" not in text


def test_a_row_without_leaks_says_so(tmp_path: Path) -> None:
    text = page(written(tmp_path, report("villarreal-faces", 0, {"test": figures(0.9)}, leaked=0)))
    assert "| none leaked |" in text


def test_initial_weights_stand_in_the_command(tmp_path: Path) -> None:
    begun = report("resnet18-general", 0, {"test": figures(0.9)}, began_from="resnet18.safetensors")
    assert "--seed 0 --init resnet18.safetensors" in page(written(tmp_path, begun))


def test_a_stated_fraction_stands_in_the_command(tmp_path: Path) -> None:
    part = report("fakenet2-full", 0, {"test": figures(0.9)}, limit=20_000)
    assert "--seed 0 --limit 20000 --threads 1" in page(written(tmp_path, part))


def test_a_row_that_was_not_run_is_named_and_not_guessed(tmp_path: Path) -> None:
    text = page(written(tmp_path, report("fakenet2-small", 0, {"test": figures(0.8)})))
    left = text.split("## Not run yet")[1]
    assert "reproduce villarreal-faces --data faces/train --test faces/test --out runs" in left
    assert "fakenet2-small" not in left
    assert "python -m detector sweep --data" in left


def test_several_seeds_have_their_mean_and_range(tmp_path: Path) -> None:
    runs = [report("fakenet2-small", seed, {"test": figures(0.8 + seed / 10)}) for seed in (0, 1)]
    assert "| `fakenet2-small` | 2 | 85.00% | 80.00% to 90.00% |" in page(written(tmp_path, *runs))


def test_every_folder_and_every_source_has_its_row(tmp_path: Path) -> None:
    sources = {"dalle": {"n": 7, "accuracy": 0.5, "interval": [0.2, 0.8]}}
    tested = {"test": figures(0.9), "crossgen": figures(0.6, auc=None, balanced_accuracy=None, sources=sources)}
    text = page(written(tmp_path, report("cross-generator", 0, tested)))
    assert "| `cross-generator` | crossgen | 100 | 60.00% (59.0% to 61.0%) | one class | - |" in text
    assert "| `cross-generator` | crossgen | dalle | 7 | 50.0% (20.0% to 80.0%) |" in text


def test_a_sweep_has_its_tables_and_its_terms(tmp_path: Path) -> None:
    network = {"seconds": 2, "test": dict.fromkeys(("accuracy", "loss", "precision", "recall", "f1"), 0.5)}
    sweep = {
        "images": {"0": 5000, "1": 5000},
        "validation_images": 2000,
        "test_images": 9000,
        "leaked": 200,
        "epochs": 5,
        "seed": 0,
        "forced": None,
        "extractor": "cifake-2x1",
        "grid": {"filters": [2], "layers": [1], "neurons": [4]},
        "machine": {"name": "Some processor", "threads": 1, "precision": "bfloat16"},
        "networks": {"cifake-2x1": network, "cifake-2x1-4x1": network},
    }
    (tmp_path / "sweep.json").write_text(json.dumps(sweep))
    text = page(written(tmp_path, report("fakenet2-small", 0, {"test": figures(0.8)})))
    assert "Trained on 5,000 + 5,000 images for 5 epochs each" in text
    assert "4 seconds of training" in text
    assert text.count("Table ") == 10
    assert "detector sweep" not in text.split("## Not run yet")[1]
    assert "--lists lists --epochs 5 --out runs" in text
    (tmp_path / "sweep.json").write_text(json.dumps(sweep | {"forced": "cifake-2x1"}))
    assert "--lists lists --epochs 5 --extractor cifake-2x1 --out runs" in page(tmp_path)


@pytest.mark.parametrize(("text", "message"), [("{", "cannot be read"), ("[]", "is no report"), ("{}", "is no report")])
def test_a_file_that_is_no_report_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(PageError, match=f"x.json {message}"):
        page(tmp_path)


def test_a_folder_without_reports_makes_no_page(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="holds no reports"):
        page(tmp_path)
