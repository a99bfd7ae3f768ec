"""Own data, messages, language, error pages."""

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from kechuang.base.messages import notify
from kechuang.base.models import Message
from kechuang.orgs.models import Person, User
from kechuang.web.public.views import home
from tests.factories.orgs import PASSWORD, a_city, a_guardian, a_person, a_pupil, a_school, an_officer, has_agreed
from tests.web.public_scene import BACKEND

pytestmark = [pytest.mark.django_db]


def text(response) -> str:
    return response.content.decode()


def inside(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client


def told(person: Person, n: int = 1, **facts) -> None:
    for number in range(n):
        notify(person.user, "test", title=f"第{number}条消息", body="内容", **facts)


# --- me ----------------------------------------------------------------------------------------------------------


def test_me_shows_own_roles_and_nobody_elses():
    city = a_city()
    school = a_school(city.east)
    officer, other = an_officer("school_officer", school, name="周校管"), an_officer("teacher", school, name="别人")

    page = text(inside(officer).get(reverse("me")))

    assert "周校管" in page and "学校管理员" in page and school.name in page
    assert other.name not in page


def test_me_of_a_pupil_shows_class_guardian_and_consents():
    a_city()
    pupil = a_pupil(a_school(), grade=8)
    guardian = a_guardian(pupil, name="家长甲")
    has_agreed(pupil, "publicity")

    page = text(inside(pupil).get(reverse("me")))

    assert guardian.name in page and "公示姓名" in page and "1班" in page
    assert "动态口令设置" not in page


def test_me_never_shows_identifiers():
    a_city()
    pupil = a_pupil(a_school(), grade=8, document_number="11010519491231002X")

    page = text(inside(pupil).get(reverse("me")))

    assert "已登记，加密保存" in page
    assert "11010519491231002X" not in page


def test_me_without_any_role_says_who_can_help():
    assert "请联系本单位管理员为您授予身份" in text(inside(a_person()).get(reverse("me")))


# --- inbox -------------------------------------------------------------------------------------------------------


def test_inbox_shows_own_messages_and_the_badge_counts_the_unread():
    me, other = a_person(), a_person()
    told(me, 2)
    notify(other.user, "test", title="别人的消息")

    page = text(inside(me).get(reverse("inbox")))

    assert "第0条消息" in page and "别人的消息" not in page
    assert '<span class="count">2</span>' in page


def test_opening_a_message_reads_it_and_goes_on():
    me = a_person()
    told(me, url="/me/")
    message = Message.objects.get()

    response = inside(me).get(reverse("message", args=[message.pk]))

    assert response.url == "/me/"
    message.refresh_from_db()
    assert message.read_at is not None


def test_message_leads_nowhere_else():
    me = a_person()
    told(me, url="https://evil.example/")

    assert inside(me).get(reverse("message", args=[Message.objects.get().pk])).url == reverse("inbox")


def test_message_of_another_is_not_there():
    me, other = a_person(), a_person()
    told(other)
    message = Message.objects.get()

    assert inside(me).get(reverse("message", args=[message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_all_own_messages_are_marked_read():
    me, other = a_person(), a_person()
    told(me, 3)
    told(other)

    response = inside(me).post(reverse("inbox"), follow=True)

    assert "已把 3 条消息标为已读" in text(response)
    assert Message.objects.filter(read_at=None).count() == 1


def test_unread_are_shown_alone():
    me = a_person()
    told(me, 2)
    client = inside(me)
    first = Message.objects.order_by("pk").first()
    client.get(reverse("message", args=[first.pk]))

    page = text(client.get(reverse("inbox"), {"show": "unread"}))

    assert "第1条消息" in page and "第0条消息" not in page


def test_the_inbox_can_be_narrowed_to_a_kind():
    me = a_person()
    notify(me.user, "reminder.entry", title="快截止了")
    notify(me.user, "application.endorse", title="已报送")
    client = inside(me)

    pages = {kind: text(client.get(reverse("inbox"), {"show": kind})) for kind in ("reminders", "applications")}

    assert ("快截止了" in pages["reminders"], "已报送" in pages["reminders"]) == (True, False)
    assert ("快截止了" in pages["applications"], "已报送" in pages["applications"]) == (False, True)


def test_empty_inbox_says_what_will_come():
    assert "没有消息" in text(inside(a_person()).get(reverse("inbox")))


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_costs_the_same_however_many_messages(django_assert_num_queries, count):
    me = a_person()
    told(me, count)
    client = inside(me)
    client.get(reverse("inbox"))

    with django_assert_num_queries(8):
        client.get(reverse("inbox"))


# --- language ----------------------------------------------------------------------------------------------------


def test_language_is_kept_in_the_browser_and_on_the_account():
    me = a_person()
    client = inside(me)

    response = client.post(reverse("set_language"), {"language": "en", "next": "/works/"})

    assert response.url == "/works/"
    assert response.cookies["django_language"].value == "en"
    me.user.refresh_from_db()
    assert me.user.language == "en"


def test_unknown_language_changes_nothing(client):
    response = client.post(reverse("set_language"), {"language": "xx", "next": "https://evil.example/"})

    assert response.url == "/"
    assert "django_language" not in response.cookies


@pytest.mark.parametrize("target", ["app20", "home", "//evil.example/", "javascript:alert(1)", ""])
def test_what_is_no_address_of_ours_leads_back(client, target):
    response = client.post(reverse("set_language"), {"language": "en", "next": target})

    assert (response.status_code, response.url) == (302, "/")


def test_large_print_is_kept_in_the_browser_and_on_the_account():
    me = a_person()
    client = inside(me)

    response = client.post(reverse("set_print"), {"print": "large", "next": "/works/"})

    assert (response.url, response.cookies["print"].value) == ("/works/", "large")
    assert 'data-print="large"' in text(client.get(reverse("me")))
    me.user.refresh_from_db()
    assert me.user.large_print is True


def test_unknown_size_changes_nothing(client):
    response = client.post(reverse("set_print"), {"print": "huge"})

    assert "print" not in response.cookies
    assert 'data-print="usual"' in text(client.get(reverse("calls")))


def test_language_and_size_follow_to_another_device(client):
    me = a_person(can_sign_in=True)
    User.objects.filter(pk=me.user.pk).update(language="en", large_print=True)

    response = client.post(reverse("account_login"), {"login": me.user.username, "password": PASSWORD})

    assert (response.cookies["django_language"].value, response.cookies["print"].value) == ("en", "large")


# --- errors ------------------------------------------------------------------------------------------------------


def test_page_that_is_not_there_says_what_to_do(client):
    response = client.get("/nothing-here/")

    assert response.status_code == 404
    assert "没有找到这个页面" in text(response) and "编号 " in text(response)


def test_page_of_another_office_says_who_can_help():
    school = a_school(a_city().east)

    response = inside(an_officer("teacher", school)).get(reverse("audit"))

    assert response.status_code == 403
    assert "您现在的身份不能办理这件事" in text(response)


def test_failure_shows_a_reference_that_stands_in_the_log(monkeypatch, caplog):
    def broken(now):
        raise DatabaseError("gone")

    monkeypatch.setattr(home, "public_calls", broken)
    client = Client(raise_request_exception=False)

    response = client.get("/")

    assert response.status_code == 500
    assert "是平台的问题" in text(response)
    reference = text(response).split("编号 ")[1].split("<")[0].strip()
    assert any(reference in record.getMessage() for record in caplog.records)


def test_form_without_its_token_is_told_why():
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"login": "x", "password": "y"})

    assert response.status_code == 403
    assert "这个页面放得太久了" in text(response)
