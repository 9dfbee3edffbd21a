import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

import foundation.ids

REASONS = [
    ("child_abuse", "Sexual abuse of a child"),
    ("intimate", "Intimate, shown without consent"),
    ("violence", "Extreme violence"),
    ("terror", "Terrorist content"),
    ("personal", "Somebody’s private data"),
    ("listed", "On the list of known files"),
    ("other", "Another reason"),
]


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_imports")]

    operations = [
        migrations.CreateModel(
            name="SealedHash",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="shh", primary_key=True, serialize=False
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="lower-case hexadecimal; its length names its kind", max_length=64, unique=True
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="which list it is from", max_length=200)),
                ("added_by", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={"verbose_name_plural": "sealed hashes"},
        ),
        migrations.AddField(
            model_name="storedimage", name="sealed_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="storedimage",
            name="sealed_by",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, help_text="as in the audit log", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="storedimage",
            name="seal_reason",
            field=models.CharField(
                blank=True, choices=REASONS, db_default="", default="", editable=False, max_length=16
            ),
        ),
        migrations.AddField(
            model_name="storedimage",
            name="seal_lifted_at",
            field=models.DateTimeField(
                editable=False, help_text="from then on, the list of known files leaves it alone", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="storedimage",
            index=models.Index(fields=["-sealed_at", "-id"], name="image_sealed", condition=~Q(sealed_at=None)),
        ),
        migrations.AddIndex(model_name="storedimage", index=models.Index(fields=["sha256"], name="image_by_content")),
    ]
