from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.http import MAX_URL
from foundation.ids import IdField
from moderation.clients.models import Client
from moderation.intake.words import searchable


class SealReason(models.TextChoices):
    """Why nobody more is to see a picture."""

    CHILD_ABUSE = "child_abuse", _("Sexual abuse of a child")
    INTIMATE = "intimate", _("Intimate, shown without consent")
    VIOLENCE = "violence", _("Extreme violence")
    TERROR = "terror", _("Terrorist content")
    PERSONAL = "personal", _("Somebody’s private data")
    LISTED = "listed", _("On the list of known files")
    OTHER = "other", _("Another reason")


class StoredImageQuerySet(models.QuerySet["StoredImage"]):
    def unsealed(self) -> "StoredImageQuerySet":
        return self.filter(sealed_at=None)


class StoredImage(models.Model):
    """The bytes that a client sent, kept once however often they came; sealed and lifted by ``seals`` alone."""

    id = IdField(prefix="img")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(help_text="pixels, upright")
    height = models.PositiveIntegerField(help_text="pixels, upright")
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    discarded_at = models.DateTimeField(
        null=True, editable=False, help_text="when its file was deleted because the client's retention time was over"
    )
    sealed_at = models.DateTimeField(null=True, editable=False)
    sealed_by = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False, help_text="as in the audit log"
    )
    seal_reason = models.CharField(
        max_length=16, choices=SealReason.choices, blank=True, default="", db_default="", editable=False
    )
    seal_lifted_at = models.DateTimeField(
        null=True, editable=False, help_text="from then on, the list of known files leaves it alone"
    )

    objects: ClassVar[Any] = StoredImageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["client", "sha256"], name="one_file_per_client_and_content")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["client", "created_at"], name="image_kept", condition=Q(discarded_at=None)),
            models.Index(fields=["-sealed_at", "-id"], name="image_sealed", condition=~Q(sealed_at=None)),
            models.Index(fields=["sha256"], name="image_by_content"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None


class SealedHash(models.Model):
    """A file that is sealed whoever sends it: its SHA-256, SHA-1 or MD5, as lists of such files give them."""

    id = IdField(prefix="shh")
    digest = models.CharField(max_length=64, unique=True, help_text="lower-case hexadecimal; its length names its kind")
    note = models.CharField(max_length=200, blank=True, help_text="which list it is from")
    added_by = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "sealed hashes"

    def __str__(self) -> str:
        return self.digest[:12]


class State(models.TextChoices):
    QUEUED = "queued"
    ANALYSING = "analysing"
    ANALYSED = "analysed"
    FAILED = "failed"


class Source(models.TextChoices):
    API = "api"
    PAGE = "page"
    IMPORT = "import"


class Priority(models.IntegerChoices):
    """Smaller is sooner."""

    HIGH = 0
    NORMAL = 5
    LOW = 9


CLASSES = ["real", "ai_generated", "edited"]
NAMED = Q(policy_label__in=CLASSES, human_label__in=CLASSES)


class Submission(models.Model):
    """One image that somebody sent to be judged.

    From ``verdict_label`` on stands what is held of it, so that lists need no other table: only
    ``verdicts.standing`` writes that, in the transaction that gives or revises a verdict.
    """

    id = IdField(prefix="sub")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="submissions")
    image = models.ForeignKey(
        StoredImage,
        on_delete=models.PROTECT,
        null=True,
        related_name="submissions",
        help_text="none until it is fetched",
    )
    url = models.CharField(max_length=MAX_URL, blank=True, default="", db_default="", help_text="fetched from there")
    source = models.CharField(max_length=8, choices=Source.choices)
    file_name = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  null is HTTP.md's word for none
    author_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    metadata = models.JSONField(default=dict)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    failure = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    analysed_at = models.DateTimeField(null=True, blank=True)
    verdict_label = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    verdict_action = models.CharField(max_length=8, blank=True, default="", db_default="", editable=False)
    decided_by = models.CharField(max_length=8, blank=True, default="", db_default="", editable=False)
    confidence = models.FloatField(null=True, editable=False, help_text="of the verdict; none where a person decided")
    policy_label = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False, help_text="what the last policy said"
    )
    highest = models.FloatField(null=True, editable=False, help_text="the highest probability of any finding")
    disagreement = models.FloatField(
        null=True, editable=False, help_text="how far the roles' highest probabilities lie apart, where two spoke"
    )
    models_run = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], editable=False, help_text="ids of who looked"
    )
    has_match = models.BooleanField(default=False, db_default=False, editable=False)
    human_label = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    notes = models.TextField(blank=True, default="", db_default="", editable=False, help_text="of who decided")
    agrees = models.GeneratedField(
        expression=Case(When(NAMED, then=Q(policy_label=F("human_label")))),
        output_field=models.BooleanField(null=True),
        db_persist=True,
        help_text="whether a person named what the policy had; nothing where one of them named no class",
    )
    words = models.GeneratedField(
        expression=searchable("external_id", "file_name", "notes"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["client", "-id"], name="submission_by_client"),
            models.Index(fields=["client", "external_id"], name="submission_by_external_id"),
            models.Index(fields=["client", "author_id", "id"], name="submission_by_author"),
            models.Index(fields=["analysed_at", "id"], name="submission_by_analysed"),
            models.Index(fields=["reviewed_at", "id"], name="submission_by_reviewed"),
            models.Index(fields=["confidence", "id"], name="submission_by_confidence"),
            models.Index(fields=["disagreement", "id"], name="submission_by_disagreement"),
            models.Index(fields=["highest", "id"], name="submission_by_highest"),
            models.Index(fields=["verdict_label", "id"], name="submission_by_verdict"),
            models.Index(fields=["verdict_action", "id"], name="submission_by_action"),
            models.Index(fields=["source", "id"], name="submission_by_source"),
            models.Index(fields=["human_label", "id"], name="submission_by_human", condition=~Q(human_label="")),
            models.Index(fields=["agrees", "id"], name="submission_by_agreement", condition=Q(agrees__isnull=False)),
            models.Index(fields=["id"], name="submission_matched", condition=Q(has_match=True)),
            models.Index(fields=["id"], name="submission_unanalysed", condition=~Q(state="analysed")),
            GinIndex(fields=["words"], name="submission_by_words"),
            models.Index(fields=["models_run", "id"], name="submission_by_models"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def picture(self) -> StoredImage:
        """The image of a submission that has one: uploaded, or fetched already."""
        if self.image is None:
            raise LookupError(f"{self.pk} has no image yet.")
        return self.image


class Purpose(models.TextChoices):
    """What a worker is to do: look at a picture for the first time, or fetch it from its address before that."""

    FIRST = "first"
    FETCH = "fetch"


FETCHES = Q(purpose=Purpose.FETCH)


class Work(models.Model):
    """A submission's turn with a worker: claimed under a lease, closed by whoever holds its token."""

    id = IdField(prefix="wrk")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="work")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.FIRST)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "id"], name="work_waiting", condition=Q(done_at=None, token=None) & ~FETCHES
            ),
            models.Index(
                fields=["priority", "id"], name="fetch_waiting", condition=Q(done_at=None, token=None) & FETCHES
            ),
            models.Index(fields=["leased_until"], name="work_leased", condition=Q(done_at=None) & ~Q(token=None)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.submission_id}"

    def age(self, at: datetime) -> float:
        """Return the seconds since this work was asked for."""
        return (at - self.created_at).total_seconds()


class Erasure(models.Model):
    """The receipt of an erased submission, and all that is left of it: opaque ids, and what went when."""

    id = IdField(prefix="ers")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="erasures")
    submission = models.CharField(max_length=40, unique=True, db_collation="C")
    erased = models.JSONField(default=list, help_text="what there was of it, in words")
    models_trained_on_it = models.JSONField(default=list)
    files = models.JSONField(default=list, help_text="paths that the storage may still hold")
    erased_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["client", "-id"], name="erasure_by_client"),
            models.Index(fields=["id"], name="erasure_with_files", condition=~Q(files=[])),
        ]

    def __str__(self) -> str:
        return self.submission


class AuthorErasure(models.Model):
    """A client's order to erase all that an author submitted until then; it goes when that is done."""

    id = IdField(prefix="ord")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="author_erasures")
    author_id = models.CharField(max_length=200)
    actor = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["client", "author_id"], name="one_order_per_author")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ImportState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Import(models.Model):
    """A file of URLs that becomes submissions, row by row: claimed under a lease, continued where it was left."""

    id = IdField(prefix="imp")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=5, help_text="csv or jsonl")
    path = models.CharField(max_length=200, help_text="of the file, which goes when the import is finished")
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.QUEUED)
    rows = models.PositiveIntegerField(help_text="in the file")
    done = models.PositiveIntegerField(default=0, help_text="rows that have a result")
    accepted = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="claims since the last row that got a result")
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failure = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="import_waiting", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["client", "-id"], name="import_by_client"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ImportRow(models.Model):
    """What became of one row: a submission, or a problem."""

    id = IdField(prefix="row")
    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="results")
    number = models.PositiveIntegerField(help_text="from 1, the header of a CSV not counted")
    submission = models.ForeignKey(Submission, on_delete=models.SET_NULL, null=True, related_name="import_rows")
    problem = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "number"], name="one_result_per_row")
        ]

    def __str__(self) -> str:
        return f"{self.of_id} #{self.number}"
