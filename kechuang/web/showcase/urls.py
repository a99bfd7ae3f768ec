from django.urls import path

from kechuang.web.public.views import sharing
from kechuang.web.showcase import embed, front, office

urlpatterns = [
    path("showcase/", front.Showcase.as_view(), name="showcase"),
    path("showcase/search/", front.Search.as_view(), name="showcase_search"),
    path("showcase/<slug:slug>/", front.ShelfPage.as_view(), name="shelf"),
    path("showcase/<slug:slug>/card.png", sharing.ShelfCard.as_view(), name="shelf_card"),
    path("embed/<slug:what>/", embed.Embed.as_view(), name="embed"),
    path("schools/", front.Schools.as_view(), name="schools"),
    path("schools/<str:code>/", front.School.as_view(), name="school"),
    path("schools/<str:code>/card.png", sharing.SchoolCard.as_view(), name="school_card"),
    path("office/shelves/", office.Shelves.as_view(), name="shelves"),
    path("office/shelves/new/", office.ShelfNew.as_view(), name="shelf_new"),
    path("office/shelves/<slug:slug>/", office.ShelfEdit.as_view(), name="shelf_edit"),
    path("office/shelves/<slug:slug>/items/", office.ShelfItems.as_view(), name="shelf_items"),
    path("office/shelves/<slug:slug>/show/", office.ShelfShow.as_view(), name="shelf_show"),
    path("office/shelves/<slug:slug>/front/", office.ShelfFront.as_view(), name="shelf_front"),
]
