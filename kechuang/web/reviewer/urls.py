from django.urls import path

from kechuang.web.reviewer import chair, consistency, declaring, views
from kechuang.web.rounds.day import OwnRoom

urlpatterns = [
    path("reviews/", views.Reviews.as_view(), name="reviews"),
    path("reviews/rounds/<int:pk>/declare/", declaring.Declare.as_view(), name="declare"),
    path("reviews/rounds/<int:pk>/chair/", chair.ChairPage.as_view(), name="chair_round"),
    path("reviews/rooms/<int:pk>/", OwnRoom.as_view(), name="own_room"),
    path("reviews/rounds/<int:pk>/marks/", consistency.Consistency.as_view(), name="consistency"),
    path("reviews/<int:pk>/", views.ScorePage.as_view(), name="score"),
    path("reviews/<int:pk>/save/", views.SaveScore.as_view(), name="score_save"),
    path("reviews/<int:pk>/recuse/", views.Recuse.as_view(), name="recuse"),
    path("reviews/files/<str:public_id>/", views.BlindPaper.as_view(), name="review_file"),
]
