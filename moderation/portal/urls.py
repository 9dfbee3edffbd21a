from django.urls import path

from moderation.portal import accounts, objection_views, own_views, views

app_name = "portal"
urlpatterns = [
    path("", views.check, name="check"),
    path("examples/<str:file>/thumbnail.jpg", views.example_thumbnail, name="example_thumbnail"),
    path("results/<str:submission_id>", views.result_page, name="result"),
    path("results/<str:submission_id>/status", views.result_status, name="result_status"),
    path("results/<str:submission_id>/share", own_views.share, name="share"),
    path("results/<str:submission_id>/delete", own_views.delete, name="delete"),
    path("results/<str:submission_id>/report", objection_views.report, name="report"),
    path("shared/<str:link_id>", objection_views.shared, name="shared"),
    path("appeals/<str:submission_id>", objection_views.appeal, name="appeal"),
    path("checks/", own_views.history, name="history"),
    path("accounts/sign-up/", accounts.sign_up, name="sign_up"),
]
