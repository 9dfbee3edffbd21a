"""Accounts for people: signing in leads where one's role has its work, and signing up is a setting."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from foundation.languages import remember
from foundation.problems import KINDS, Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.preferences import preferences_of
from moderation.portal import checks, limits

BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGN_UPS_PER_HOUR = 10


class SignIn(LoginView):
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; who chose a language reads the pages in it in this browser too."""
        response = super().form_valid(form)
        language = preferences_of(form.get_user()).language
        if language:
            remember(response, language)
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(may_sign_up=settings.SIGN_UP, **kwargs)

    def get_default_redirect_url(self) -> str:
        person = self.request.user
        works_here = isinstance(person, Person) and person.may_read()
        return resolve_url(settings.LOGIN_REDIRECT_URL if works_here else "portal:check")


class SignUpForm(UserCreationForm[Person]):
    class Meta:
        model = Person
        fields = ("username",)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1", "password2")
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account without a role; what this browser checked before goes with it."""
    if not settings.SIGN_UP:
        raise Http404("People do not make accounts for themselves here.")
    if request.user.is_authenticated:
        return redirect("portal:check")
    form = SignUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    try:
        limits.spend(request, "sign_up", SIGN_UPS_PER_HOUR)
    except Problem as problem:
        return _page(request, form, problem)
    _welcome(request, form)
    return redirect("portal:check")


@transaction.atomic
def _welcome(request: HttpRequest, form: SignUpForm) -> None:
    person = form.save()
    audit.record(person.actor(), "person.signed_up", person.actor())
    checks.adopt(request, person)
    login(request, person, BACKEND)
    messages.success(request, _("Your account is made, and you are signed in."))


def _page(request: HttpRequest, form: SignUpForm, problem: Problem | None = None) -> HttpResponse:
    context = {"form": form, "problem": problem, "advice": KINDS[problem.code].advice if problem else ""}
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "registration/sign_up.html", context, status=status)
