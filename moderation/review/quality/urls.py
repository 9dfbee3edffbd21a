from django.urls import path

from moderation.review.quality import views

urlpatterns = [
    path("", views.quality, name="quality"),
    path("known", views.put_in, name="gold"),
    path("known/<str:answer_id>/retire", views.retire, name="retire"),
    path("trainees", views.train, name="train"),
    path("trainees/<int:person_id>/release", views.release, name="release-trainee"),
    path("disagreements/<str:review_id>", views.disagreement, name="disagreement"),
]
