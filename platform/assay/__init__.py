"""The Django site: the only place that knows everybody."""

from assay.celery import app as celery_app

__all__ = ["celery_app"]
