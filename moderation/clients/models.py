import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField

KEY_PREFIX = "ask_"
ANONYMOUS = "anonymous"
USUAL_LIMIT = "empty means what the installation allows"


class Role(models.TextChoices):
    """What a person may do; each is a group of that name."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


REVIEWERS = frozenset({Role.MODERATOR, Role.LEAD, Role.ADMINISTRATOR})
READERS = REVIEWERS | {Role.VIEWER, Role.AUDITOR}


class Scope(models.TextChoices):
    """What a key may do (HTTP.md, "Who may call")."""

    SUBMIT = "submit"
    READ = "read"
    DECIDE = "decide"
    MANAGE = "manage"
    LEARN = "learn"
    MODELS = "models"


class Person(AbstractUser):
    """Somebody with an account."""

    sees_every_client = models.BooleanField(
        default=True, db_default=True, help_text="without it, the person sees only the clients listed below"
    )
    visible_clients: "models.ManyToManyField[Client, models.Model]" = models.ManyToManyField(
        "Client", blank=True, related_name="people", help_text="administrators see every client, whatever stands here"
    )

    def roles(self) -> frozenset[str]:
        """Return the names of the person's roles; a superuser is an administrator."""
        names = set(self.groups.values_list("name", flat=True))
        return frozenset(names | ({Role.ADMINISTRATOR} if self.is_superuser else set()))

    def may_review(self) -> bool:
        return self.is_active and bool(self.roles() & REVIEWERS)

    def may_read(self) -> bool:
        return self.is_active and bool(self.roles() & READERS)

    def actor(self) -> str:
        """Return the opaque id under which the person stands in the audit log."""
        return f"person:{self.pk}"

    def display_name(self) -> str:
        return self.get_full_name() or self.username


class Client(models.Model):
    """A tenant: a social app, or the installation's own page for everyone."""

    id = IdField(prefix="cli")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    is_active = models.BooleanField(default=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text=USUAL_LIMIT)
    retention_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="after so many days a picture's file is deleted, its verdict stays; empty keeps it until it is "
        "erased, and for checks without an account means what the installation's settings say",
    )
    review_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="minutes in which a case is to be decided; empty means the installation's"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    developers = models.ManyToManyField(
        Person,
        blank=True,
        related_name="clients",
        help_text="who manages the keys and endpoints, besides administrators",
    )

    def __str__(self) -> str:
        return self.name


class KeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, at: datetime) -> "KeyQuerySet":
        alive = Q(expires_at=None) | Q(expires_at__gt=at)
        return self.filter(alive, revoked_at=None, client__is_active=True)


class ApiKey(models.Model):
    """A client's key: only its hash is kept; the secret is random enough that no salt or slow hash is needed."""

    id = IdField(prefix="key")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=120)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text=USUAL_LIMIT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = KeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.client}: {self.name}"

    @staticmethod
    def new_secret() -> str:
        return KEY_PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def hash_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()


class OldSecret(models.Model):
    """A secret that a key had before it was rotated, good until the overlap ends."""

    secret_hash = models.CharField(max_length=64, primary_key=True)
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="old_secrets")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key_id} until {self.expires_at:%Y-%m-%d %H:%M}"


class StoredAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered; ``place`` is the hash of owner, path and key."""

    place = models.CharField(max_length=64, primary_key=True)
    owner = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    location = models.TextField(blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "created_at"], name="answers_of_an_owner")
        ]

    def __str__(self) -> str:
        return self.place[:12]


class Preferences(models.Model):
    """How a person likes to work; what is empty is as the installation or the queue has it."""

    class Veil(models.TextChoices):
        ON = "on"
        OFF = "off"

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="preferences")
    keys = models.JSONField(default=dict, blank=True, help_text="action to key, where it is not the usual one")
    blur = models.CharField(max_length=3, choices=Veil.choices, blank=True)
    grey = models.CharField(max_length=3, choices=Veil.choices, blank=True)
    language = models.CharField(max_length=16, blank=True)
    break_minutes = models.PositiveSmallIntegerField(default=60, help_text="of work before a suggested break; 0: never")

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"of {self.person_id}"
