"""Fill the columns of submissions that keep what is held of them, for those that were judged before there were any."""

from django.db import migrations

FILL = """
WITH highest AS (
    SELECT submission_id, role, max(probability) AS probability FROM verdicts_finding GROUP BY submission_id, role
), spoken AS (
    SELECT submission_id, max(probability) AS highest,
           CASE WHEN count(*) > 1 THEN max(probability) - min(probability) END AS disagreement
    FROM highest GROUP BY submission_id
), noted AS (
    SELECT submission_id, string_agg(note, E'\\n' ORDER BY id) AS notes
    FROM review_decision WHERE note <> '' GROUP BY submission_id
), held AS (
    SELECT submission.id, standing.label, standing.action, standing.decided_by, standing.confidence,
           standing.decision, standing.decided_at, judged.label AS policy_label,
           spoken.highest, spoken.disagreement, coalesce(noted.notes, '') AS notes,
           (SELECT coalesce(array_agg(DISTINCT ran.value ORDER BY ran.value), '{}')
              FROM verdicts_verdict AS first, jsonb_each_text(first.roles_run) AS ran
             WHERE first.submission_id = submission.id AND first.revision = 1) AS models_run,
           EXISTS (SELECT FROM matching_match WHERE submission_id = submission.id) AS has_match
    FROM intake_submission AS submission
    LEFT JOIN verdicts_verdict AS standing ON standing.submission_id = submission.id AND standing.is_current
    LEFT JOIN LATERAL (
        SELECT label FROM verdicts_verdict
        WHERE submission_id = submission.id AND decided_by = 'policy' ORDER BY revision DESC LIMIT 1
    ) AS judged ON true
    LEFT JOIN spoken ON spoken.submission_id = submission.id
    LEFT JOIN noted ON noted.submission_id = submission.id
    WHERE EXISTS (SELECT FROM verdicts_verdict WHERE submission_id = submission.id)
)
UPDATE intake_submission AS submission SET
    verdict_label = coalesce(held.label, ''),
    verdict_action = coalesce(held.action, ''),
    decided_by = coalesce(held.decided_by, ''),
    confidence = held.confidence,
    policy_label = coalesce(held.policy_label, ''),
    highest = held.highest,
    disagreement = held.disagreement,
    models_run = held.models_run,
    has_match = held.has_match,
    human_label = CASE WHEN held.decided_by = 'person' THEN held.decision ->> 'label' ELSE '' END,
    reviewed_at = CASE WHEN held.decided_by = 'person' THEN held.decided_at END,
    notes = held.notes
FROM held WHERE held.id = submission.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_standing"),
        ("matching", "0001_initial"),
        ("review", "0002_reports_appeals"),
        ("verdicts", "0004_known_images"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
