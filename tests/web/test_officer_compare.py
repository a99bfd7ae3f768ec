"""Entries beside each other: chosen from the list, in rows of the same question, scores only for whoever runs the rounds."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.factories.engine import scored
from tests.web.officer_scene import a_scene
from tests.web.review_scenes import a_scene as a_review
from tests.web.review_scenes import signed_in

pytestmark = pytest.mark.django_db


def compare(client, call, *apps):
    return client.post(reverse("office_compare", args=[call.slug]), {"ids": [app.public_id for app in apps]})


def test_two_are_shown_in_the_order_they_were_chosen():
    scene = a_scene()
    one = scene.entry(title="雨水花园", answers={"method": "测量"})
    two = scene.entry(title="鸟类调查")
    client = scene.client("school")

    page = client.get(compare(client, scene.call, two, one)["Location"])

    columns = page.context["columns"]
    assert [column.app.title for column in columns] == ["鸟类调查", "雨水花园"]
    assert len({len(column.cells) for column in columns}) == 1
    assert [a.question.code for a in columns[0].cells] == [b.question.code for b in columns[1].cells]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_fewer_than_two_and_more_than_four_are_refused_in_words(n):
    scene = a_scene()
    client = scene.client("school")

    response = compare(client, scene.call, *(scene.entry() for _n in range(n)))

    assert f"现在勾选了 {n} 件" in " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_entries_of_others_are_not_there():
    scene = a_scene()
    own, far = scene.entry(), scene.entry(school=scene.far_school, title="别区的作品")
    client = scene.client("school")

    page = client.get(compare(client, scene.call, own, far)["Location"])

    assert "别区的作品" not in page.content.decode()
    assert page.context["columns"][0].app == own


def test_scores_are_for_whoever_runs_the_rounds():
    review = a_review(entries=2, experts=3)
    scored(review.round)
    apps = [entry.application for entry in review.round.entries.all()]
    from_city = compare(review.officer(), review.call, *apps)["Location"]

    page = review.officer().get(from_city)

    assert [len(column.marks[0].totals) for column in page.context["columns"]] == [3, 3]
    assert signed_in(review.reviewers[0].person).get(from_city).status_code == 403


def test_a_district_compares_without_scores():
    scene = a_scene()
    apps = [scene.entry("recommended"), scene.entry("recommended")]
    client = scene.client("district")

    assert client.get(compare(client, scene.call, *apps)["Location"]).context["sees_marks"] is False


@pytest.mark.parametrize("n", [2, 4])
def test_each_entry_costs_one_query_more(n, django_assert_num_queries):
    scene = a_scene()
    client = scene.client("district")
    address = compare(client, scene.call, *(scene.entry() for _n in range(n)))["Location"]

    with django_assert_num_queries(5 + n):
        client.get(address)
