from django.urls import path

from kechuang.web.files import uploads, views

urlpatterns = [
    path("files/<slug:public_id>/", views.File.as_view(), name="file"),
    path("files/<slug:public_id>/picture/", views.Picture.as_view(), name="file_picture"),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/<slug:public_id>/", uploads.UploadPart.as_view(), name="upload"),
]
