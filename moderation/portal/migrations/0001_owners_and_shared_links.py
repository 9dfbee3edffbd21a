import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foundation.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("intake", "0007_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedLink",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="shr", primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shared_links", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "shared links",
            },
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                (
                    "id",
                    foundation.ids.IdField(
                        db_collation="C", editable=False, max_length=40, prefix="own", primary_key=True, serialize=False
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="owned", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="owner", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "owners",
                "indexes": [models.Index(fields=["person", "-id"], name="owned_by_person")],
            },
        ),
    ]
