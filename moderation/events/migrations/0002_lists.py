from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "event",
            "erased_at",
            models.DateTimeField(help_text="its body is gone with the submission", null=True),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(("dispatched_at__isnull", False)), fields=["client", "id"], name="event_of_client"
            ),
        ),
        migrations.AddIndex("event", models.Index(fields=["client", "created_at"], name="event_of_client_at")),
    ]
