"""The settings, read by processes of their own, as an operator's would be."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.detector.provenance.signing import authority
from tests.services import ROOT

SECRET = "a-key-of-sixty-characters-that-no-other-site-in-the-world-has"
PRODUCTION = {"ASSAY_ENV": "production", "ASSAY_SECRET_KEY": SECRET, "ASSAY_ALLOWED_HOSTS": "assay.example.com"}
LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"}
READERS = ["docker-compose.yml", "Dockerfile", "deploy/gunicorn.conf.py", "platform/foundation/multiprocess.py"]
SET_BY_GUNICORN = {"ASSAY_WEB_PROCESS"}
OF_COMPOSE_OR_DEVELOPMENT = {"ASSAY_DEBUG", "ASSAY_DEMO"}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with this environment and nothing else of Assay's, not even a .env file's values."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATABASE_URL", "REDIS_URL", "ASSAY_VAR")}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(
        command, env={**kept, **environment}, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )


def settings_of(*names: str, **environment: str) -> dict[str, Any]:
    """Return settings as a process with this environment has them."""
    code = f"import json; from django.conf import settings; print(json.dumps([getattr(settings, n) for n in {names}]))"
    done = manage("shell", "--no-imports", "--command", code, **environment)
    assert done.returncode == 0, done.stderr
    return dict(zip(names, json.loads(done.stdout.splitlines()[-1]), strict=True))


def documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def read_by_settings() -> set[str]:
    text = (ROOT / "platform/assay/settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', text))


def test_an_engine_that_nobody_knows_is_refused_at_the_start() -> None:
    done = manage("check", ASSAY_ENGINE="tensorrt")

    assert done.returncode != 0
    assert "ASSAY_ENGINE is 'tensorrt'; it must be 'auto', 'torch' or 'onnxruntime'." in done.stderr


@pytest.mark.parametrize(
    "secret",
    [None, "insecure-development-secret-that-no-production-site-accepts", "x" * 49, "change-me-" + "x" * 50],
    ids=["none", "the default", "49 characters", "change-me"],
)
def test_production_refuses_to_start_with_a_secret_that_is_no_secret(secret: str | None) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != "ASSAY_SECRET_KEY"}

    done = manage("check", **given, **({"ASSAY_SECRET_KEY": secret} if secret else {}))

    assert done.returncode != 0
    assert "ASSAY_SECRET_KEY must be set to a secret of your own, at least 50 characters" in done.stderr


def test_unknown_environment_is_refused_and_named() -> None:
    done = manage("check", ASSAY_ENV="staging")

    assert done.returncode != 0
    assert "ASSAY_ENV is 'staging'; it must be 'development' or 'production'." in done.stderr


def test_deployment_check_is_clean_with_production_settings() -> None:
    done = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "System check identified no issues (0 silenced)." in done.stdout


def test_every_variable_that_is_read_is_documented() -> None:
    assert read_by_settings() - documented() == SET_BY_GUNICORN
    assert not documented() & SET_BY_GUNICORN


def test_every_variable_that_is_documented_is_read() -> None:
    elsewhere = "".join((ROOT / name).read_text() for name in READERS)
    unread = {
        name for name in documented() - read_by_settings() - LIBRARIES if not re.search(rf"\b{name}\b", elsewhere)
    }

    assert unread == set()


def test_every_variable_reaches_the_containers_but_those_of_development() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    passed = set(re.findall(r"^ +([A-Z][A-Z0-9_]+):", text, re.MULTILINE))

    assert (read_by_settings() | LIBRARIES) - passed == OF_COMPOSE_OR_DEVELOPMENT | SET_BY_GUNICORN


def test_defaults_in_the_example_are_those_of_the_settings() -> None:
    numbers = re.findall(r"^#(ASSAY_\w+)=(\d+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    text = (ROOT / "platform/assay/settings.py").read_text()
    found = re.findall(r'env\.int\("(ASSAY_\w+)", default=(\w+)\)', text)
    defaults = {name: value.replace("_", "") for name, value in found}

    assert len(defaults) >= 12
    assert {name: value for name, value in numbers if name in defaults} == defaults


def test_trust_list_is_read_at_the_start(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(b"# studio\n" + authority().root)

    found = settings_of("C2PA_TRUST_ANCHORS", ASSAY_C2PA_TRUST_LIST=str(roots))["C2PA_TRUST_ANCHORS"]

    assert found.startswith("-----BEGIN CERTIFICATE-----")
    assert settings_of("C2PA_TRUST_ANCHORS") == {"C2PA_TRUST_ANCHORS": ""}


@pytest.mark.parametrize("content", [None, b"no certificates"])
def test_site_refuses_to_start_with_a_trust_list_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    roots = tmp_path / "roots.pem"
    if content is not None:
        roots.write_bytes(content)

    done = manage("check", ASSAY_C2PA_TRUST_LIST=str(roots))

    assert done.returncode != 0
    assert f"ASSAY_C2PA_TRUST_LIST: {roots}" in done.stderr


def test_production_serves_https_only_with_safe_cookies() -> None:
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "DEBUG")

    assert settings_of(*names, **PRODUCTION) == {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "DEBUG": False,
    }


def test_site_without_https_promises_none() -> None:
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER")

    assert settings_of(*names, **PRODUCTION, ASSAY_HTTPS="false") == {
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SESSION_COOKIE_SECURE": False,
        "SECURE_PROXY_SSL_HEADER": None,
    }


def test_forwarded_scheme_is_believed_only_behind_a_proxy() -> None:
    believed = settings_of("SECURE_PROXY_SSL_HEADER", **PRODUCTION, ASSAY_BEHIND_PROXY="true")

    assert believed == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}


@pytest.mark.parametrize(("environment", "pooled"), [({"ASSAY_WEB_PROCESS": "true"}, True), ({}, False)])
def test_only_the_threads_of_a_web_process_share_a_pool_of_connections(
    environment: dict[str, str], pooled: bool
) -> None:
    (found,) = settings_of("DATABASES", ASSAY_DATABASE_POOL="7", **environment).values()

    assert ("pool" in found["default"]["OPTIONS"]) is pooled
    assert found["default"]["CONN_MAX_AGE"] == (0 if pooled else 60)
    if pooled:
        assert found["default"]["OPTIONS"]["pool"]["max_size"] == 7
