import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids

LABELS = [("real", "Real"), ("ai_generated", "AI-generated"), ("edited", "Edited"), ("cannot_tell", "Cannot tell")]


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_standing"),
        ("review", "0003_claims_queues_judgements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GoldAnswer",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="gld", primary_key=True, serialize=False
                    ),
                ),
                ("label", models.CharField(choices=LABELS, max_length=16)),
                (
                    "why",
                    models.TextField(
                        blank=True, help_text="how it is known; trainees read it afterwards", max_length=2000
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gold_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gold_answer", to="intake.submission"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("retired_at", None)), fields=["set_at"], name="gold_in_use")
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondReview",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="rev", primary_key=True, serialize=False
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_label", models.CharField(blank=True, choices=LABELS, db_default="", max_length=16)),
                ("settled_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, db_default="", max_length=2000)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="second_review", to="review.case"
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="second_review", to="review.decision"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["opened_at"], name="second_review_at")],
            },
        ),
        migrations.CreateModel(
            name="Trainee",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="traineeship",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainees",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
