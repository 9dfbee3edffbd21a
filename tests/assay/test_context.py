"""The navigation shows what exists for the visitor, and nothing else."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from assay.context import sections_for, shell
from moderation.clients.models import Person, Role
from moderation.review.models import CaseReason
from moderation.review.services import open_case
from tests.factories import SubmissionFactory, person

pytestmark = pytest.mark.django_db


def names(who: Any, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = who
    return [section.name for section in sections_for(request)]


def test_visitor_without_an_account_checks_and_reads_the_documentation() -> None:
    assert names(AnonymousUser()) == ["Check", "Developers"]


def test_account_without_a_role_sees_no_more() -> None:
    assert names(person()) == ["Check", "Developers"]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_that_reads_sees_the_queue_and_who_oversees_the_log(role: Role) -> None:
    oversees = role in {Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR}

    audit = ["Audit"] if oversees else []
    assert names(person(role)) == ["Check", "Review", "Explore", "Insights", *audit, "Developers"]


def test_staff_sees_the_admin() -> None:
    assert names(person(Role.ADMINISTRATOR, is_staff=True))[-1] == "Admin"


def test_review_says_how_many_wait() -> None:
    open_case(SubmissionFactory.create().pk, CaseReason.POLICY)
    request = RequestFactory().get("/review/")
    request.user = person(Role.MODERATOR)

    review = next(section for section in sections_for(request) if section.name == "Review")
    assert (review.waiting, review.current) == (1, True)


@pytest.mark.parametrize(
    ("path", "here"),
    [("/", "Check"), ("/results/sub_1", "Check"), ("/review/cases/case_1", "Review"), ("/accounts/login/", "")],
)
def test_one_section_is_where_you_are(path: str, here: str) -> None:
    request = RequestFactory().get(path)
    request.user = person(Role.MODERATOR)

    assert str(shell(request)["here"]) == here


def test_shell_asks_the_database_nothing_until_a_page_does(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = Person(username="nobody")

    with django_assert_num_queries(0):
        shell(request)


def test_checks_can_be_for_people_with_an_account_only(settings: Any) -> None:
    settings.ANONYMOUS_CHECKS = False
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert shell(request)["can_check"] is False
