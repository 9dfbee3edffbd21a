from django.urls import path, re_path

from moderation.insights import pages, simulator, transparency

app_name = "insights"
urlpatterns = [
    path("", pages.queue, name="queue"),
    path("cases/", pages.cases, name="cases"),
    path("verdicts/", pages.verdicts, name="verdicts"),
    path("errors/", pages.errors, name="errors"),
    path("errors/pictures/", pages.behind, name="behind"),
    path("drift/", pages.drift, name="drift"),
    path("reviewers/", pages.reviewers, name="reviewers"),
    path("reviewers/<int:person_id>/", pages.reviewer, name="reviewer"),
    path("simulator/", simulator.simulator, name="simulator"),
    path("transparency/", transparency.transparency, name="transparency"),
    re_path(r"^transparency/statements\.(?P<form>csv|jsonl)$", transparency.download, name="statements"),
]
