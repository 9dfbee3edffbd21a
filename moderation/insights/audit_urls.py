from django.urls import path, re_path

from moderation.insights import audit_pages

app_name = "audit"
urlpatterns = [
    path("", audit_pages.log, name="log"),
    re_path(r"^export\.(?P<form>csv|jsonl)$", audit_pages.export, name="export"),
]
