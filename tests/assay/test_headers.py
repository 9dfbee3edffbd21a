"""What every answer tells the browser not to do."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["/problems/invalid", "/accounts/login/"]


def policy_of(answer: object) -> dict[str, list[str]]:
    """Return the Content-Security-Policy's directives and their sources."""
    header = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    directives = [part.split() for part in header.split(";") if part.strip()]
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", PAGES)
def test_scripts_come_from_this_site_alone(client: Client, path: str) -> None:
    policy = policy_of(client.get(path))

    assert policy.get("script-src", policy["default-src"]) == ["'self'"]
    assert "'unsafe-inline'" not in str(policy)
    assert "'unsafe-eval'" not in str(policy)


@pytest.mark.parametrize("path", PAGES)
def test_page_may_not_be_framed_sniffed_or_rebased(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = policy_of(answer)

    assert (policy["frame-ancestors"], policy["object-src"], policy["base-uri"]) == (["'none'"], ["'none'"], ["'self'"])
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_page_holds_no_inline_script_or_style(client: Client, path: str) -> None:
    body = client.get(path).content.decode()

    assert "<script>" not in body
    assert "<style" not in body
    assert " style=" not in body
    assert " onclick=" not in body


def test_https_is_promised_for_a_year_where_it_is_used(client: Client, settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000  # type: ignore[attr-defined]
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True  # type: ignore[attr-defined]

    answer = client.get("/healthz", secure=True)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
