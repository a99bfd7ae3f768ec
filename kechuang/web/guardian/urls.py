from django.urls import path

from kechuang.web.guardian import views

urlpatterns = [
    path("guardian/", views.Children.as_view(), name="guardian"),
    path("guardian/join/", views.Join.as_view(), name="guardian_join"),
    path("guardian/<slug:person>/<slug:purpose>/", views.ConsentPage.as_view(), name="consent"),
]
