from django.urls import path

from kechuang.web.desk import views

urlpatterns = [
    path("desk/", views.Desk.as_view(), name="desk"),
    path("office/", views.OldDesk.as_view(), name="office"),
]
