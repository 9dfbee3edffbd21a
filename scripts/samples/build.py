"""Write the folder samples/: photographs, edits with their masks, generated pictures, manifest.json and README.md.

    python -m scripts.samples.build --packages SITE_PACKAGES

SITE_PACKAGES is a folder that holds skimage/ and sklearn/, at the versions that the catalogue names. Without it the
photographs stay as they are and everything else is made anew from them. The generator must have been trained before.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from scripts.samples.catalogue import DRAWINGS, EVERYTHING, PHOTOGRAPHS, Sample
from scripts.samples.generator import draw, load
from scripts.samples.recipes import RECIPES, SAMPLES

QUALITY = 92
INTRODUCTION = """# Sample images

What the demo sends and the page "Check a picture" offers. None comes from a data pack: the photographs are those that
come inside scikit-image and scikit-learn, the edits are made of them by `scripts/samples`, and the generated pictures
come from a small network that the project trained itself. `manifest.json` says the same as the table, for programs.

The generated pictures are small and odd. The network draws 32x32 pixels, learned for about {minutes} minutes of one
processor core from {pictures:,} photographs of CIFAKE (CIFAR-10), and what it draws is enlarged eightfold. They show
what the platform does with a picture whose origin is known; they say nothing about how well it finds the work of
present-day generators.

"""
CLOSING = """
White in a mask is where the edit was made. Redraw everything but the photographs with
`python -m scripts.samples.build`; train the generator anew with
`python scripts/samples/generator.py train --data CIFAKE/train --seed {seed} --minutes {minutes}` (training stops by the
clock, so the weights, and with them the pictures, come out a little different on another machine; `generator/card.json`
says what it did here).

The licences: the NASA and SpaceX photographs are in the public domain as scikit-image states; CC0-1.0 is
https://creativecommons.org/publicdomain/zero/1.0/; CC BY 2.0 is https://creativecommons.org/licenses/by/2.0/. The edits
are changed versions and carry the licence of what they were made from. The astronaut is a real person, Eileen Collins:
her portrait is here as an example only, and nothing about it suggests that she, or NASA, endorses this project.
"""


def write_photograph(sample: Sample, packages: Path) -> None:
    """Take a photograph out of its package, colour profile included."""
    shipped = packages / sample.source.split(";")[0].split(", ")[1]
    with Image.open(shipped) as image:
        image.save(SAMPLES / sample.file, quality=QUALITY, icc_profile=image.info.get("icc_profile"))


def write_edit(file: str) -> None:
    """The edited picture, and its mask as a 1-bit PNG."""
    edit = RECIPES[file]()
    Image.fromarray(edit.pixels).save(SAMPLES / file, quality=QUALITY)
    Image.fromarray(edit.mask).save(SAMPLES / "masks" / f"{file[:-4]}.png", optimize=True)


def write_drawings() -> None:
    """Every generated picture."""
    network = load()
    for file, drawing in DRAWINGS.items():
        draw(network, drawing.kind, drawing.seed).save(SAMPLES / file, quality=QUALITY)


def table() -> str:
    """One row for each sample."""
    head = "| file | what it shows | what it is | how it was made | credit | licence | source |\n" + "|---" * 7 + "|\n"
    kinds = {"photograph": "photograph", "edited": "edited photograph", "generated": "AI-generated"}
    rows = (
        f"| [{s.file}]({s.file}) | {s.title} | {kinds[s.kind]}{f', [mask]({s.mask})' if s.mask else ''} | {s.how} "
        f"| {s.credit} | {s.licence} | {s.source} |\n"
        for s in EVERYTHING
    )
    return head + "".join(rows)


def readme() -> str:
    """The whole of README.md."""
    card = json.loads((SAMPLES / "generator" / "card.json").read_text())
    facts = {"minutes": f"{card['cpu_minutes']:g}", "pictures": card["pictures"], "seed": card["seed"]}
    return INTRODUCTION.format(**facts) + table() + CLOSING.format(**facts)


def build(packages: Annotated[Path | None, typer.Option(help="holds skimage/ and sklearn/")] = None) -> None:
    """Write everything."""
    (SAMPLES / "masks").mkdir(parents=True, exist_ok=True)
    if packages:
        for sample in PHOTOGRAPHS:
            write_photograph(sample, packages)
    for file in RECIPES:
        write_edit(file)
    write_drawings()
    manifest = [asdict(sample) for sample in EVERYTHING]
    (SAMPLES / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    (SAMPLES / "README.md").write_text(readme())


if __name__ == "__main__":
    typer.run(build)
