from django.db import migrations, models

REFUSE = """
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % refused.', TG_OP;
END $$;
CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_table_stays BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
"""
ALLOW = """
DROP TRIGGER audit_rows_stay ON audit_entry;
DROP TRIGGER audit_table_stays ON audit_entry;
DROP FUNCTION audit_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="client",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="whose the object is; empty: the installation's",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="before",
            field=models.JSONField(help_text="what the change replaced, where it is a change", null=True),
        ),
        migrations.AddField(model_name="entry", name="after", field=models.JSONField(null=True)),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["client", "-id"], name="audit_by_client")),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["action", "-id"], name="audit_by_action")),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["actor", "-id"], name="audit_by_actor")),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_id", models.BigIntegerField(help_text="the last entry then", unique=True)),
                (
                    "token",
                    models.TextField(
                        help_text="the signed statement; copies of it stand in the process log and the storage"
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
