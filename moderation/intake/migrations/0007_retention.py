from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_standing"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedimage",
            name="discarded_at",
            field=models.DateTimeField(
                editable=False,
                help_text="when its file was deleted because the client's retention time was over",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="storedimage",
            index=models.Index(
                condition=models.Q(("discarded_at", None)), fields=["client", "created_at"], name="image_kept"
            ),
        ),
    ]
