"""The check page: a file, an example, a refusal that says what to do, and nobody else's results."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.models import StoredImage, Submission, Work
from moderation.portal import checks, examples
from moderation.portal.models import Owner
from moderation.verdicts import services as verdicts
from tests.factories import person, picture

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(browser: Browser, data: bytes | None = None, name: str = "holiday.png", **where: Any) -> Any:
    return browser.post("/", {"file": SimpleUploadedFile(name, picture() if data is None else data)}, **where)


def nothing_stored(folder: Path) -> bool:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return not (files or Submission.objects.exists() or StoredImage.objects.exists() or Work.objects.exists())


def test_page_says_what_is_accepted_and_how_large(client: Browser, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 7_000_000

    page = client.get("/").content.decode()

    assert "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP or MPO, up to 7\u202fMB" in page
    assert 'enctype="multipart/form-data"' in page


def test_upload_leads_to_its_result_and_is_remembered(client: Browser) -> None:
    answer = upload(client)

    submission = Submission.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/results/{submission.pk}")
    assert (submission.client.slug, submission.source, submission.file_name) == ("anonymous", "page", "holiday.png")
    assert Work.objects.get().submission == submission
    assert client.session[checks.KEY] == [submission.pk]


def test_upload_needs_the_form_s_token() -> None:
    browser = Browser(enforce_csrf_checks=True)

    answer = upload(browser)

    assert answer.status_code == 403
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("data", "status", "what", "advice"),
    [
        (b"hello", 415, "not an image of an accepted type", "Send JPEG, PNG, WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not an image of an accepted type", "Send JPEG, PNG"),
        (picture()[:90], 422, "damaged or incomplete", "Save it once more"),
        (picture(20, 20), 422, "20 x 20", "A larger copy"),
    ],
)
def test_refused_file_says_what_happened_and_what_to_do(
    client: Browser, tmp_path: Path, data: bytes, status: int, what: str, advice: str
) -> None:
    answer = upload(client, data)

    page = answer.content.decode()
    assert answer.status_code == status
    assert 'class="problem" role="alert"' in page
    assert what in page
    assert advice in page
    assert 'aria-describedby="file-problem"' in page
    assert nothing_stored(tmp_path)


def test_file_over_the_limit_is_refused_before_it_is_read(client: Browser, tmp_path: Path, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1_000_000

    answer = upload(client, b"x" * 1_000_001)

    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.content.decode()
    assert nothing_stored(tmp_path)


def test_nothing_chosen_is_a_problem_of_its_own(client: Browser) -> None:
    answer = client.post("/", {})

    assert answer.status_code == 422
    assert "No picture was chosen." in answer.content.decode()


def test_two_examples_of_each_kind_are_offered(client: Browser) -> None:
    page = client.get("/").content.decode()

    assert [one.kind for one in examples.shown()] == ["photograph"] * 2 + ["edited"] * 2 + ["generated"] * 2
    assert page.count('name="example"') == 6


def test_example_is_submitted_like_a_file(client: Browser) -> None:
    example = examples.shown()[0]

    answer = client.post("/", {"example": example.file})

    submission = Submission.objects.get()
    assert answer["Location"] == f"/results/{submission.pk}"
    assert submission.file_name == example.file


@pytest.mark.parametrize("name", ["nothing.jpg", "../manage.py", "manifest.json", ""])
def test_only_listed_examples_are_read(client: Browser, name: str) -> None:
    answer = client.post("/", {"example": name})

    assert answer.status_code == 422
    assert not Submission.objects.exists()


def test_example_has_a_small_picture(client: Browser) -> None:
    answer = client.get(f"/examples/{examples.shown()[0].file}/thumbnail.jpg")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert len(answer.content) < 20_000
    assert client.get("/examples/nothing.jpg/thumbnail.jpg").status_code == 404


def test_own_checks_are_listed_newest_first(client: Browser) -> None:
    for name in ("first.png", "second.png"):
        upload(client, picture(shade=len(name)), name)

    page = client.get("/").content.decode()

    assert page.index("second.png") < page.index("first.png")
    assert "second.png" not in Browser().get("/").content.decode()


def test_only_the_last_hundred_checks_are_remembered(client: Browser) -> None:
    session = client.session
    session[checks.KEY] = [f"sub_{number}" for number in range(100)]
    session.save()

    upload(client)

    remembered = client.session[checks.KEY]
    assert len(remembered) == 100
    assert remembered[0] == "sub_1"


def test_without_anonymous_checks_a_visitor_is_asked_to_sign_in(client: Browser, settings: Any) -> None:
    settings.ANONYMOUS_CHECKS = False

    page = client.get("/").content.decode()

    assert "only for people with an account" in page
    assert 'type="file"' not in page
    assert upload(client)["Location"] == "/accounts/login/?next=/"
    assert not Submission.objects.exists()


def test_without_anonymous_checks_an_account_is_enough(client: Browser, settings: Any) -> None:
    settings.ANONYMOUS_CHECKS = False
    client.force_login(person(Role.VIEWER), BACKEND)

    assert upload(client)["Location"].startswith("/results/sub_")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Browser, method: str) -> None:
    assert getattr(client, method)("/").status_code == 405


def test_picture_is_taken_by_its_address_and_its_progress_says_so(client: Browser) -> None:
    answer = client.post("/", {"url": " https://pictures.example/kite.jpg "})

    submission = Submission.objects.get()
    assert answer["Location"] == f"/results/{submission.pk}"
    assert (submission.url, submission.image, submission.source) == ("https://pictures.example/kite.jpg", None, "page")
    assert Work.objects.get().purpose == "fetch"
    page = client.get(answer["Location"]).content.decode()
    assert "Fetched from its address." in page
    assert "?stage=fetching" in page
    assert [page.count(f'data-state="{state}"') for state in ("done", "now", "todo")] == [1, 1, 3]
    assert "https://pictures.example/kite" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://127.0.0.1/a.jpg", 422),
        ("http://2130706433/", 422),
        ("http://[::ffff:10.0.0.1]/", 422),
        ("file:///etc/passwd", 422),
        ("https://name:secret@pictures.example/a.jpg", 422),
        ("javascript:alert(1)", 422),
        ("not an address", 422),
        ("https://pictures.example/" + "x" * 2048, 422),
        ("https://pictures.example/\x00", 422),
        ("http://[", 422),
        ("", 422),
        ("   ", 422),
    ],
)
def test_address_that_is_refused_says_why_beside_it(client: Browser, url: str, status: int) -> None:
    answer = client.post("/", {"url": url})

    page = answer.content.decode()
    assert answer.status_code == status
    assert 'id="url-problem"' in page
    assert 'aria-describedby="url-problem"' in page
    assert not Submission.objects.exists()


def test_picture_that_could_not_be_fetched_says_what_to_do(client: Browser) -> None:
    client.post("/", {"url": "https://pictures.example/kite.jpg"})
    submission = Submission.objects.get()
    verdicts.record_failure(submission, "url-unreachable", "The site refused to hand it over (403).")

    page = client.get(f"/results/{submission.pk}").content.decode()

    assert "The picture could not be fetched from its address." in page
    assert "The site refused to hand it over (403)." in page
    assert "Save the picture to your device and choose it as a file." in page


def test_one_address_checks_only_so_often_and_an_account_counts_for_itself(client: Browser, settings: Any) -> None:
    settings.CHECKS_PER_HOUR = 2
    answers = [upload(client, REMOTE_ADDR="203.0.113.9") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 3500 < int(answers[2]["Retry-After"]) <= 3600
    assert "That was 2 within an hour." in answers[2].content.decode()
    assert Submission.objects.count() == 2
    client.force_login(person(), BACKEND)
    assert upload(client, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_check_while_signed_in_belongs_to_the_account(client: Browser) -> None:
    owner = person()
    client.force_login(owner, BACKEND)

    upload(client)

    assert Owner.objects.get().person == owner
    assert checks.KEY not in client.session
    assert "holiday.png" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("days", "words"), [(1, "kept for a day, then deleted"), (30, "kept for 30 days"), (0, "stored")]
)
def test_page_says_how_long_a_picture_is_kept(client: Browser, settings: Any, days: int, words: str) -> None:
    settings.ANONYMOUS_RETENTION_DAYS = days

    assert words in client.get("/").content.decode()
