"""The small image generator behind Assay's generated samples.

It is a rectified-flow U-Net that works on 2x2 patches of 32x32 pictures. It learns from the photographs of CIFAKE's
training half (CIFAR-10, the files under REAL), one class at a time being asked for, in a few minutes of one core:

    python scripts/samples/generator.py train --data CIFAKE/train --seed 7 --minutes 10
    python scripts/samples/generator.py draw --kind ship --seed 3 --out ship.jpg

The method is Liu, Gong and Liu's "Flow Straight and Fast" (2022): the network predicts the velocity along straight
paths from noise to picture; drawing follows it from noise in small steps.
"""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

KINDS = {"airplane": "", "automobile": " (2)", "horse": " (8)", "ship": " (9)"}
ARCHITECTURE = "rectified-flow U-Net on 2x2 patches"
DATA = "CIFAKE (MIT), train/REAL: photographs of CIFAR-10, four kinds"
HOME = Path(__file__).resolve().parents[2] / "samples" / "generator"
SHOWN, DRAWING_STEPS, GUIDANCE, ANY_KIND = (256, 256), 16, 2.5, len(KINDS)


class Block(nn.Module):
    """Two convolutions around a residual; time and class scale and shift what lies between them."""

    def __init__(self, inside: int, outside: int, condition: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(8, inside), nn.Conv2d(inside, outside, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(8, outside), nn.Conv2d(outside, outside, 3, padding=1)
        self.film = nn.Linear(condition, 2 * outside)
        self.skip = nn.Conv2d(inside, outside, 1) if inside != outside else nn.Identity()
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, dim=1)
        h = self.norm2(self.conv1(functional.silu(self.norm1(x)))) * (1 + scale) + shift
        out: Tensor = self.skip(x) + self.conv2(functional.silu(h))
        return out


class Attention(nn.Module):
    """Every place of the coarse map looks at every other."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.mix, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        parts = self.mix(self.norm(x)).view(batch, 3 * self.heads, -1, height * width).transpose(2, 3)
        query, key, value = parts.chunk(3, dim=1)
        seen = functional.scaled_dot_product_attention(query, key, value)
        out: Tensor = x + self.out(seen.transpose(2, 3).reshape(batch, channels, height, width))
        return out


class Flow(nn.Module):
    """Velocity (B, 3, 32, 32) of the pictures (B, 3, 32, 32) in -1..1 at the times (B,) in 0..1, of the kinds (B,)."""

    def __init__(self, fine: int = 48, coarse: int = 96, condition: int = 64) -> None:
        super().__init__()
        self.kind = nn.Embedding(len(KINDS) + 1, condition)
        self.when = nn.Sequential(nn.Linear(32, condition), nn.SiLU(), nn.Linear(condition, condition))
        self.stem = nn.Conv2d(12, fine, 3, padding=1)
        self.enter = Block(fine, fine, condition)
        self.down = nn.Conv2d(fine, coarse, 3, stride=2, padding=1)
        self.middle1, self.attention = Block(coarse, coarse, condition), Attention(coarse)
        self.middle2 = Block(coarse, coarse, condition)
        self.up = nn.Conv2d(coarse, fine, 1)
        self.leave = Block(2 * fine, fine, condition)
        self.last = nn.Sequential(nn.GroupNorm(8, fine), nn.SiLU(), nn.Conv2d(fine, 12, 3, padding=1))

    def forward(self, x: Tensor, time_: Tensor, kind: Tensor) -> Tensor:
        angles = time_[:, None] * torch.exp(torch.linspace(0, 6, 16, device=x.device))[None]
        condition = functional.silu(self.when(torch.cat([angles.sin(), angles.cos()], dim=1)) + self.kind(kind))
        high = self.enter(self.stem(functional.pixel_unshuffle(x, 2)), condition)
        low = self.attention(self.middle1(self.down(high), condition))
        low = self.up(functional.interpolate(self.middle2(low, condition), scale_factor=2.0, mode="nearest"))
        return functional.pixel_shuffle(self.last(self.leave(torch.cat([high, low], dim=1), condition)), 2)


def read_pictures(data: Path, each: int = 5000) -> tuple[Tensor, Tensor]:
    """Photographs under `data`/REAL, `each` of a kind: (N, 3, 32, 32) uint8, and the places of their kinds in KINDS."""
    pictures, kinds = [], []
    for place, suffix in enumerate(KINDS.values()):
        for number in range(each):
            with Image.open(data / "REAL" / f"{number:04d}{suffix}.jpg") as image:
                pictures.append(np.asarray(image.convert("RGB")))
            kinds.append(place)
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous(), torch.tensor(kinds)


def flow_loss(network: Flow, pictures: Tensor, kinds: Tensor, chance: torch.Generator) -> Tensor:
    """Mean squared error of the velocity, at times that lie mostly midway; one kind in ten is not told."""
    real = torch.where(torch.rand(len(pictures), 1, 1, 1, generator=chance) < 0.5, pictures.flip(3), pictures)
    real = real.float() / 127.5 - 1
    noise = torch.randn(real.shape, generator=chance)
    moment = torch.randn(len(real), generator=chance).sigmoid()
    between = torch.lerp(noise, real, moment[:, None, None, None])
    kinds = kinds.where(torch.rand(len(kinds), generator=chance) > 0.1, ANY_KIND)
    with torch.autocast("cpu", torch.bfloat16):
        velocity = network(between, moment, kinds)
    return functional.mse_loss(velocity.float(), real - noise)


@torch.no_grad()
def follow(mean: Flow, network: Flow, share: float = 0.002) -> None:
    """Move the running mean a little towards the network."""
    for kept, new in zip(mean.parameters(), network.parameters(), strict=True):
        kept.lerp_(new, share)


def learn(pictures: Tensor, kinds: Tensor, seed: int, minutes: float, batch: int = 64) -> tuple[Flow, dict[str, Any]]:
    """Train for so many minutes of CPU time; give the running mean of the weights, and the facts."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    chance = torch.Generator().manual_seed(seed)
    network, loss_mean, step, begun, done = Flow(), 1.0, 0, time.process_time(), 0.0
    mean = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.0, weight_decay=0.01)
    while done < 1:
        rows = torch.randint(len(pictures), (batch,), generator=chance)
        optimiser.param_groups[0]["lr"] = 2e-3 * min(1.0, (step + 1) / 200) * (1 - done) ** 0.5
        loss = flow_loss(network, pictures[rows], kinds[rows], chance)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        follow(mean, network)
        step, loss_mean = step + 1, 0.99 * loss_mean + 0.01 * loss.item()
        done = (time.process_time() - begun) / (60 * minutes)
        if step % 100 == 0:
            typer.echo(f"step {step}, {done:.0%} of the time, loss {loss_mean:.4f}")
    facts = {"pictures": len(pictures), "seed": seed, "cpu_minutes": minutes, "steps": step, "batch": batch}
    return mean, {**facts, "final_loss": round(loss_mean, 4), "torch": torch.__version__}


def save(network: Flow, facts: dict[str, Any], folder: Path) -> None:
    """Write weights.safetensors (float16) and card.json."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.half() for name, value in network.state_dict().items()}, folder / "weights.safetensors")
    card = {"architecture": ARCHITECTURE, "kinds": list(KINDS), "data": DATA, **facts}
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")


def load(folder: Path = HOME) -> Flow:
    """The trained network, in float32 on the CPU, ready to draw."""
    network = Flow()
    network.load_state_dict({name: value.float() for name, value in load_file(folder / "weights.safetensors").items()})
    return network.eval()


def guided(network: Flow, x: Tensor, moment: float, kind: int) -> Tensor:
    """The velocity towards a kind, its difference from that towards any kind being enlarged (Ho and Salimans, 2022)."""
    wanted, any_kind = network(x.expand(2, -1, -1, -1), torch.full((2,), moment), torch.tensor([kind, ANY_KIND]))
    return torch.lerp(any_kind, wanted, GUIDANCE)[None]


@torch.inference_mode()
def draw_small(network: Flow, kind: str, seed: int, steps: int = DRAWING_STEPS) -> np.ndarray:
    """One picture (32, 32, 3) uint8: the midpoint rule from seeded noise to the picture."""
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
    place, step = list(KINDS).index(kind), 1 / steps
    for number in range(steps):
        halfway = x + guided(network, x, number * step, place) * step / 2
        x = x + guided(network, halfway, (number + 0.5) * step, place) * step
    return ((x[0].permute(1, 2, 0).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).contiguous().numpy()


def draw(network: Flow, kind: str, seed: int) -> Image.Image:
    """The picture enlarged to 256x256 with Lanczos, so that a person can look at it."""
    return Image.fromarray(draw_small(network, kind, seed)).resize(SHOWN, Image.Resampling.LANCZOS)


commands = typer.Typer(add_completion=False, help=__doc__)


@commands.command("train")
def train_command(
    data: Annotated[Path, typer.Option(help="cifake/train, the folder that holds REAL")],
    seed: int = 7,
    minutes: Annotated[float, typer.Option(help="minutes of CPU time on one thread")] = 10.0,
    out: Path = HOME,
) -> None:
    """Train, and write the weights and what training did."""
    save(*learn(*read_pictures(data), seed, minutes), out)


@commands.command("draw")
def draw_command(
    kind: Annotated[str, typer.Option(help=", ".join(KINDS))],
    seed: Annotated[int, typer.Option(help="where the noise begins")],
    out: Annotated[Path, typer.Option(help="the picture to write")],
    folder: Path = HOME,
) -> None:
    """Draw one picture of a kind from a seed."""
    draw(load(folder), kind, seed).save(out, quality=92)


if __name__ == "__main__":
    commands()
