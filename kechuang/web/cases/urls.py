from django.urls import path

from kechuang.web.cases import office, own, public

urlpatterns = [
    path("cases/", public.Cases.as_view(), name="cases"),
    path("cases/mine/", own.MyCases.as_view(), name="my_cases"),
    path("cases/<slug:slug>/", public.CasePage.as_view(), name="case"),
    path("cases/<slug:slug>/card.png", public.CaseCard.as_view(), name="case_card"),
    path("cases/<slug:slug>/cover.webp", public.CaseCover.as_view(), name="case_cover"),
    path("cases/<slug:slug>/adopt/", own.Adopt.as_view(), name="case_adopt"),
    path("cases/<slug:slug>/story/", own.Story.as_view(), name="case_story"),
    path("cases/<slug:slug>/rate/", own.Rate.as_view(), name="case_rate"),
    path("cases/<slug:slug>/version/", own.NewVersion.as_view(), name="case_version"),
    path("cases/<slug:slug>/show/", own.CaseShow.as_view(), name="case_show"),
    path("office/calls/<slug:slug>/cases/", office.OfficeCases.as_view(), name="office_cases"),
    path("office/calls/<slug:slug>/cases/<slug:case>/hide/", office.OfficeCaseHide.as_view(), name="office_case_hide"),
]
