"""docker-compose.yml as Compose would read it for one machine: variables filled in, commands as lists."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")


def read(name: str = "docker-compose.yml") -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return document


def fill(text: str, given: dict[str, str]) -> str:
    """Replace ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}``; raise KeyError with the message."""

    def value(found: re.Match[str]) -> str:
        if given.get(found["name"]):
            return given[found["name"]]
        if found["kind"] == "?":
            raise KeyError(found["text"])
        return found["text"] or ""

    return VARIABLE.sub(value, text)


def command(service: str) -> list[str]:
    return [str(word) for word in read()["services"][service]["command"]]


def probe(service: str) -> list[str]:
    kind, *words = read()["services"][service]["healthcheck"]["test"]
    assert kind == "CMD"
    return [str(word) for word in words]


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    """Return what the service's processes would find, but for names that are only passed on and were not given."""
    declared: dict[str, Any] = read()["services"][service]["environment"]
    filled = {name: given.get(name) if value is None else fill(str(value), given) for name, value in declared.items()}
    return {name: value for name, value in filled.items() if value is not None}
