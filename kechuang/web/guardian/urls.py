from django.urls import path

from kechuang.web.guardian import collection, views

urlpatterns = [
    path("guardian/", views.Children.as_view(), name="guardian"),
    path("guardian/join/", views.Join.as_view(), name="guardian_join"),
    path("guardian/<slug:person>/collection/", collection.OwnCollection.as_view(), name="own_collection"),
    path("guardian/<slug:person>/record.json", collection.LearnerRecord.as_view(), name="learner_record"),
    path("guardian/<slug:person>/<slug:purpose>/", views.ConsentPage.as_view(), name="consent"),
]
