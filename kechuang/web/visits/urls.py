"""Pools of people whom schools invite, and their visits: finding, inviting, answering, confirming; vetting and the stop-list."""

from django.urls import path

from kechuang.web.visits import card, office, search, visits

PERSON = "office/pools/<slug:programme>/people/<slug:public_id>/"

urlpatterns = [
    path("pools/<slug:programme>/", search.Pool.as_view(), name="pool"),
    path("pools/<slug:programme>/card/", card.Card.as_view(), name="pool_card"),
    path("pools/<slug:programme>/<str:number>/", search.Member.as_view(), name="pool_member"),
    path("guest-visits/", visits.GuestVisits.as_view(), name="guest_visits"),
    path("guest-visits/<slug:public_id>/", visits.GuestVisitPage.as_view(), name="guest_visit"),
    path("guest-visits/<slug:public_id>/visit.ics", visits.GuestVisitCalendar.as_view(), name="guest_visit_calendar"),
    path("office/pools/", office.Pools.as_view(), name="office_pools"),
    path("office/pools/<slug:programme>/", office.OfficePool.as_view(), name="office_pool"),
    path(PERSON, office.PoolPerson.as_view(), name="office_pool_person"),
    path(f"{PERSON}stop/", office.PoolStop.as_view(), name="pool_stop"),
]
