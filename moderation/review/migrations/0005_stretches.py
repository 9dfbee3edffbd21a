import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0004_quality"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Stretch",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="str", primary_key=True, serialize=False
                    ),
                ),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("shown", models.PositiveIntegerField(default=0)),
                ("revealed", models.PositiveIntegerField(default=0)),
                ("last_case", models.CharField(blank=True, help_text="which was shown last", max_length=40)),
                ("last_revealed", models.BooleanField(default=False)),
                ("quiet_until", models.DateTimeField(help_text="until then no break is suggested", null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stretches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "stretches",
                "indexes": [models.Index(fields=["person", "-id"], name="stretch_by_person")],
            },
        ),
    ]
