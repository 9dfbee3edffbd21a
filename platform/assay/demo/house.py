"""Start everything, send the samples, serve until Ctrl-C."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from assay.demo import samples
from assay.demo.environment import ROOT
from foundation.embedded import addresses
from foundation.embedded.errors import SetupError
from foundation.embedded.postgres import Postgres
from foundation.embedded.redis import Redis
from foundation.embedded.supervisor import Program, Supervised, Supervisor

STEPS = 5
READY_WITHIN = 120.0


def run(console: Console, var: Path, site: str, *, once: bool) -> None:
    """Run the demo until Ctrl-C, or until the table is printed.

    Raises:
        SetupError: something could not be started, in one sentence.
    """
    step(console, 1, "Starting PostgreSQL and Redis")
    with Supervisor(services(var), say=console.print) as supervisor:
        step(console, 2, "Preparing the database, the models and the static files")
        told = prepare(site, var)
        step(console, 3, "Starting web, worker, courier and beat")
        for program in programs(var, site):
            supervisor.add(program)
        wait_until_ready(site, supervisor)
        step(console, 4, "Sending the sample images through the API")
        bundled = samples.bundled()
        ids = samples.send(site, told["api_key"], bundled)
        step(console, 5, "Waiting for the verdicts")
        samples.show(console, bundled, samples.wait(site, told["api_key"], ids))
        if once:
            return
        show_log_ins(console, told, var)
        supervisor.wait()


def step(console: Console, number: int, text: str) -> None:
    console.print(f"[{number}/{STEPS}] {text}", markup=False, highlight=False)


def services(var: Path) -> list[Supervised]:
    """Return the embedded services, but those whose address the environment gave."""
    own = addresses(var)
    chosen: list[Supervised] = []
    if os.environ["DATABASE_URL"] == own.database_url:
        chosen.append(Postgres(var))
    if os.environ["REDIS_URL"] == own.redis_url:
        chosen.append(Redis(var))
    return chosen


def prepare(site: str, var: Path) -> dict[str, Any]:
    """Set Django up in this process, migrate, collect the static files, and make people and clients."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from assay.demo import people

    with (var / "log" / "setup.log").open("w") as log:
        call_command("setup", verbosity=1, stdout=log)
        call_command("collectstatic", interactive=False, verbosity=0, stdout=log)
    told = people.ensure(site, var / "demo.json")
    connections.close_all()
    return told


def programs(var: Path, site: str, env: Mapping[str, str] | None = None) -> list[Program]:
    """Return web, worker, courier and beat, as docker-compose.yml runs them."""
    address = site.removeprefix("http://")
    celery = [sys.executable, "-m", "celery", "-A", "assay"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = [*celery, "worker", *quiet, "--loglevel", "INFO"]
    threads = ["--pool", "threads", "--concurrency", "8"]
    web = [sys.executable, "-m", "gunicorn", "assay.wsgi:application", "-c", "deploy/gunicorn.conf.py"]
    commands = {
        "web": [*web, "--bind", address],
        "worker": [*worker, "--queues", "analysis", "--pool", "solo", "--hostname", "worker@%h"],
        "courier": [*worker, "--queues", "webhooks,default", *threads, "--hostname", "courier@%h"],
        "beat": [*celery, "beat", "--schedule", str(var / "beat-schedule"), "--pidfile", ""],
    }
    log = var / "log"
    return [Program(name, command, log / f"{name}.log", env=env, cwd=ROOT) for name, command in commands.items()]


def wait_until_ready(site: str, supervisor: Supervisor) -> None:
    """Wait for /readyz to say that every part answers.

    Raises:
        SetupError: it does not within two minutes, or a program does not stay up.
    """
    deadline = time.monotonic() + READY_WITHIN
    answer = ""
    while time.monotonic() < deadline:
        supervisor.check()
        try:
            response = httpx.get(f"{site}/readyz", timeout=5)
        except httpx.HTTPError as error:
            answer = str(error)
        else:
            if response.status_code == httpx.codes.OK:
                return
            answer = response.text[:300]
        time.sleep(0.2)
    raise SetupError(f"The site did not become ready within two minutes; it last said: {answer}")


def show_log_ins(console: Console, told: dict[str, Any], var: Path) -> None:
    console.print(f"\nAssay is at {told['base_url']}  (Ctrl-C stops everything it started)", highlight=False)
    for role in ("administrator", "lead", "moderator"):
        console.print(f"  {role:<14} {told[role]['username']}  {told[role]['password']}", highlight=False, markup=False)
    console.print(f"  API key        {told['api_key']}", highlight=False, markup=False)
    console.print(f"  another client {told['other_api_key']}", highlight=False, markup=False)
    console.print(f"  webhooks       {told['webhook_sink']}", highlight=False)
    console.print(f"  all of this    {var / 'demo.json'}", highlight=False)
