"""What the tests of the pages for everyone need: a judged picture of a browser's, of an account's, or of nobody's."""

from typing import Any

from django.test import Client as Browser

from moderation.clients.models import Client, Person
from moderation.clients.services import anonymous_client
from moderation.events import services as events
from moderation.intake.models import Source, Submission
from moderation.intake.services import Particulars, submit
from moderation.portal import checks
from moderation.portal.models import Owner
from moderation.verdicts import services as verdicts
from tests.factories import picture, said

BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


def judged(probability: float = 0.93, shade: int = 0, client: Client | None = None) -> Submission:
    """Return a picture with its bytes that was checked on the page and judged; nobody's yet."""
    made = submit(client or anonymous_client(), picture(shade=shade), Particulars(Source.PAGE, f"{shade}.png"))
    verdicts.record_analysis(made, [said(probability)], RAN)
    events.dispatch_due()
    return Submission.objects.get(pk=made.pk)


def of_browser(browser: Browser, submission: Submission) -> Submission:
    session = browser.session
    session[checks.KEY] = [*session.get(checks.KEY, []), submission.pk]
    session.save()
    return submission


def of_person(owner: Person, submission: Submission) -> Submission:
    Owner.objects.create(submission=submission, person=owner)
    return submission


def signed_in(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who, BACKEND)
    return browser


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    decoded: str = answer.content.decode()
    return decoded
