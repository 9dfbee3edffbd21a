import django.db.models.deletion
from django.db import migrations, models

OWNER = """
UPDATE webhooks_delivery SET client_id = webhooks_endpoint.client_id
FROM webhooks_endpoint WHERE webhooks_endpoint.id = webhooks_delivery.endpoint_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("events", "0002_lists"),
        ("webhooks", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "endpoint",
            "retiring",
            models.JSONField(
                default=list, editable=False, help_text="replaced secrets that still sign: [{secret, until}]"
            ),
        ),
        migrations.AddField(
            "endpoint",
            "contact",
            models.EmailField(blank=True, help_text="who is written to when Assay disables it", max_length=254),
        ),
        migrations.AddField("endpoint", "disabled_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "endpoint",
            "notice_at",
            models.DateTimeField(editable=False, help_text="when to write to the contact", null=True),
        ),
        migrations.AddField(
            "endpoint",
            "failures",
            models.PositiveIntegerField(default=0, editable=False, help_text="since the last success"),
        ),
        migrations.AddField("endpoint", "failing_since", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "endpoint",
            "resting_until",
            models.DateTimeField(editable=False, help_text="nothing is sent before", null=True),
        ),
        migrations.AddIndex(
            "endpoint",
            models.Index(
                condition=models.Q(("notice_at__isnull", False)), fields=["notice_at"], name="endpoint_notice"
            ),
        ),
        migrations.AddField(
            "delivery",
            "client",
            models.ForeignKey(
                help_text="the endpoint's",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clients.client",
            ),
        ),
        migrations.RunSQL(OWNER, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            "delivery",
            "client",
            models.ForeignKey(
                help_text="the endpoint's",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clients.client",
            ),
        ),
        migrations.AlterField("delivery", "attempts", models.PositiveIntegerField(default=0)),
        migrations.AddField("delivery", "replays", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "delivery",
            "tried_before",
            models.PositiveIntegerField(default=0, help_text="attempts before the last replay"),
        ),
        migrations.AlterField("attempt", "number", models.PositiveIntegerField()),
        migrations.AddIndex("delivery", models.Index(fields=["client", "id"], name="delivery_of_client")),
        migrations.AddIndex("delivery", models.Index(fields=["endpoint", "created_at"], name="delivery_of_endpoint")),
    ]
