"""Devices of an account: the list, signing out, the notice of a new one; what an office may do to a locked or lost account."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry, Message
from kechuang.orgs.actions import lift_lockout, reset_second_factor, sign_out_everywhere
from kechuang.orgs.signin.devices import words_for
from tests.factories.orgs import PASSWORD, PIN, SYSTEM, a_city, a_pupil, a_school, a_teacher, actor_for, an_officer

pytestmark = [pytest.mark.django_db]

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
WECOM = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile MicroMessenger/8 wxwork/4.1 Language/zh"


@pytest.fixture
def school():
    return a_school(a_city().east)


@pytest.fixture
def teacher(school):
    return a_teacher(school, can_sign_in=True, email="lin@example.cn")


def signed_in(person, agent=CHROME, password=PASSWORD, client=None, **extra) -> Client:
    client = client or Client(headers={"user-agent": agent})
    answer = client.post(reverse("account_login"), {"login": person.user.username, "password": password}, **extra)
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("me")).status_code == 200


def page(client: Client) -> str:
    return client.get(reverse("usersessions_list")).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"), [(CHROME, "Chrome · Windows"), (WECOM, "企业微信 · iPhone"), ("", "未知的浏览器")]
)
def test_devices_are_named_in_words(agent, words):
    assert words_for(agent) == words


def test_list_names_this_device_and_the_others(teacher):
    here, _there = signed_in(teacher), signed_in(teacher, WECOM, REMOTE_ADDR="10.2.3.4")

    text = page(here)

    assert text.count("这台设备") == 2 and "Chrome · Windows" in text  # the badge, and the button's "退出这台设备"
    assert "企业微信 · iPhone" in text and "10.2.3.4" in text


def test_one_device_is_signed_out_and_only_that(teacher):
    here, there, third = signed_in(teacher), signed_in(teacher, WECOM), signed_in(teacher, "Firefox")
    pk = page(here).split('name="device" value="')[1].split('"')[0]

    here.post(reverse("usersessions_list"), {"act": "one", "device": pk})

    assert is_in(here) and [is_in(there), is_in(third)].count(False) == 1
    assert AuditEntry.objects.filter(action="end_sessions").count() == 1


def test_others_and_everywhere(teacher):
    here, there = signed_in(teacher), signed_in(teacher, WECOM)

    here.post(reverse("usersessions_list"), {"act": "others"})
    assert (is_in(here), is_in(there)) == (True, False)

    again = signed_in(teacher, WECOM)
    answer = here.post(reverse("usersessions_list"), {"act": "everywhere"})
    assert answer.url == reverse("account_login")
    assert (is_in(here), is_in(again)) == (False, False)


def test_nobody_signs_out_the_device_of_another(teacher, school):
    other = a_teacher(school, can_sign_in=True)
    theirs, mine = signed_in(other), signed_in(teacher)
    pk = other.user.usersession_set.get().pk

    mine.post(reverse("usersessions_list"), {"act": "one", "device": pk})

    assert is_in(theirs)


@pytest.mark.parametrize("others", [1, 3])
def test_list_costs_the_same_however_many_devices(teacher, others, django_assert_num_queries):
    here = signed_in(teacher)
    for _n in range(others):
        signed_in(teacher, WECOM)
    page(here)

    with django_assert_num_queries(6):
        page(here)


def test_changed_password_signs_out_the_other_devices_and_tells(teacher):
    here, there = signed_in(teacher), signed_in(teacher, WECOM)
    new = {"oldpassword": PASSWORD, "password1": "Neues-Wort-77", "password2": "Neues-Wort-77"}

    here.post(reverse("account_change_password"), new)

    assert (is_in(here), is_in(there)) == (True, False)
    assert Message.objects.filter(user=teacher.user, kind="security.password_changed").exists()


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "您的账号在新设备上登录"), ("en", "Your account was signed in on a new device")]
)
def test_new_device_is_told_in_the_inbox_and_by_letter(teacher, mailoutbox, language, title):
    teacher.user.language = language
    teacher.user.save()
    first = signed_in(teacher)
    assert not Message.objects.exists()

    signed_in(teacher, client=first)
    assert not Message.objects.exists()

    signed_in(teacher, WECOM, REMOTE_ADDR="10.9.8.7")
    run_pending_jobs()

    assert Message.objects.get(user=teacher.user).title == title
    assert [letter.subject for letter in mailoutbox] == [title]
    assert "10.9.8.7" in mailoutbox[0].body and reverse("usersessions_list") in mailoutbox[0].body


def test_pupils_at_shared_computers_are_not_told(school):
    pupil = a_pupil(school, can_sign_in=True)
    for agent in (CHROME, WECOM):
        signed_in(pupil, agent, PIN)

    assert not Message.objects.exists()


# --- by the office -----------------------------------------------------------------------------------------------


def test_office_resets_a_lost_second_factor(teacher, school):
    TOTP.activate(teacher.user, generate_totp_secret())
    officer = actor_for(an_officer("school_officer", school))

    with pytest.raises(Refused):
        reset_second_factor(teacher, by=officer, org=school, reason=" ")
    reset_second_factor(teacher, by=officer, org=school, reason="手机遗失，本人当面申请")

    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get(action="reset_second_factor").reason == "手机遗失，本人当面申请"
    assert Message.objects.get(user=teacher.user).kind == "security.factor_reset"


def test_nobody_reaches_up_or_aside(teacher, school):
    city = school.parent.parent
    head = an_officer("city_officer", city)
    officer, neighbour = (actor_for(an_officer("school_officer", org)) for org in (school, a_school(school.parent)))

    with pytest.raises(PermissionDenied):
        reset_second_factor(head, by=officer, org=school, reason="x")
    with pytest.raises(PermissionDenied):
        sign_out_everywhere(teacher, by=neighbour, org=school)


def test_office_signs_somebody_out_everywhere(teacher, school):
    client = signed_in(teacher)

    assert sign_out_everywhere(teacher, by=SYSTEM, org=school) == 1
    assert not is_in(client)


def test_office_lifts_a_lockout(school):
    pupil = a_pupil(school, can_sign_in=True)
    client = Client()
    for _n in range(5):
        client.post(reverse("account_login"), {"login": pupil.user.username, "password": "000111"})
    locked = client.post(reverse("account_login"), {"login": pupil.user.username, "password": PIN})
    officer = an_officer("school_officer", school, can_sign_in=True)
    office = signed_in(officer)

    assert locked.status_code == 429
    assert "登录失败次数过多" in office.get(reverse("person", args=[pupil.public_id])).content.decode()
    office.post(reverse("person", args=[pupil.public_id]), {"do": "unlock"})

    signed_in(pupil, password=PIN, client=client)
    assert AuditEntry.objects.filter(action="lift_lockout").count() == 1
    assert lift_lockout(pupil, by=actor_for(officer)) is False
    with pytest.raises(Refused):
        lift_lockout(pupil, by=actor_for(a_teacher(a_school(school.parent))))
