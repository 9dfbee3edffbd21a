from django.urls import path

from moderation.intake import seal_pages

app_name = "seals"
urlpatterns = [
    path("", seal_pages.sealed, name="sealed"),
    path("submissions/<str:submission_id>", seal_pages.seal, name="seal"),
    path("images/<str:image_id>/lift", seal_pages.lift, name="lift"),
    path("files", seal_pages.enlist, name="enlist"),
    path("files/<str:digest>/remove", seal_pages.delist, name="delist"),
]
