"""The studio of a teacher leader: by invitation and the own yes; in public the names of those who joined."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import Message
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.honours.actions import revoke_honour
from kechuang.engine.honours.models import Honour
from kechuang.engine.programme.declaration import StudioPlan
from kechuang.engine.programme.validation import problems
from kechuang.engine.tenure.actions.studio import answer_invitation, invite_member, leave_studio
from kechuang.engine.tenure.queries.studio import members_of, public_members
from kechuang.web.desk.views import tasks_of
from tests.factories.engine import TITLES, a_call, a_ground, a_title_plan, an_actor
from tests.factories.orgs import a_pupil, a_teacher, actor_for
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
STUDIO = replace(TITLES, targets=(), studio=StudioPlan("工作室", most=2))


class Scene:
    def __init__(self):
        self.ground = a_ground()
        plan = a_title_plan("person", roles=("teacher",), honour=STUDIO)
        self.call = a_call(self.ground, plan=plan, programme_code="teacher_leaders", closes_at=None)
        self.city = an_actor("city_officer", self.ground.org)
        self.leader = a_teacher(self.ground.schools[0], name="林带头")
        self.by = actor_for(self.leader)
        self.colleagues = [a_teacher(school, name=f"王成员{n}") for n, school in enumerate(self.ground.schools[1:])]
        draft = applying.begin_application(self.call, self.ground.schools[0], by=self.by)
        draft, _e = applying.save_answers(
            draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=self.by
        )
        perform(applying.submit_application(draft, by=self.by), "grant", by=self.city, prize="city")
        self.honour = Honour.objects.get()

    def invite(self, n=0):
        return invite_member(self.honour, self.colleagues[n], by=self.by, task="机器人教研")


@pytest.fixture
def scene():
    with clock.travel(date(2026, 3, 2)):
        yield Scene()


def test_colleague_is_a_member_by_the_own_yes_alone(scene):
    row, own = scene.invite(), actor_for(scene.colleagues[0])

    assert public_members(scene.honour) == []
    assert [task.title for task in tasks_of(own)] == ["请答复：林带头 邀请您加入工作室"]
    for other in (scene.by, scene.city, actor_for(scene.colleagues[1])):
        with pytest.raises(PermissionDenied):
            answer_invitation(row, yes=True, by=other)
    answer_invitation(row, yes=True, by=own)
    assert answer_invitation(row, yes=True, by=own).state == "joined"
    with pytest.raises(Refused, match="不能再答复"):
        answer_invitation(row, yes=False, by=own)

    assert public_members(scene.honour) == ["王成员0"]
    assert Message.objects.filter(user=scene.leader.user, kind="studio.answered").count() == 1
    page = Client().get(reverse("honour", args=["teacher_leaders", scene.honour.number])).content.decode()
    assert "王成员0" in page
    leave_studio(row, by=own)
    page = Client().get(reverse("honour", args=["teacher_leaders", scene.honour.number])).content.decode()
    assert "王成员0" not in page


def test_leader_invites_within_the_number_and_teachers_alone(scene):
    pupil = a_pupil(scene.ground.schools[0], name="陈小")

    scene.invite(0)
    with pytest.raises(Refused, match="已经邀请过"):
        scene.invite(0)
    with pytest.raises(Refused, match="没有可以加入工作室的身份"):
        invite_member(scene.honour, pupil, by=scene.by)
    with pytest.raises(Refused, match="不用邀请自己"):
        invite_member(scene.honour, scene.leader, by=scene.by)
    with pytest.raises(PermissionDenied):
        invite_member(scene.honour, scene.colleagues[1], by=scene.city)
    second = scene.invite(1)
    with pytest.raises(Refused, match="最多 2 名"):
        scene.invite(2)
    leave_studio(second, by=scene.by)
    assert [row.person for row in members_of(scene.honour)] == scene.colleagues[:1]
    revoke_honour(scene.honour, reason="有偿培训", by=scene.city)
    with pytest.raises(Refused, match="不在有效期内"):
        scene.invite(2)


def test_leader_works_on_the_page_of_the_title(scene):
    client, url = signed_in(scene.leader), reverse("office_honour", args=[scene.honour.number])
    post = reverse("honour_studio", args=[scene.honour.number])

    assert "邀请教师" in client.get(url).content.decode()
    client.post(post, {"do": "invite", "name": "没有此人"}, headers={"referer": url})
    assert members_of(scene.honour) == []
    answer = client.post(post, {"do": "invite", "name": "王成员1", "task": "课程"})
    row = members_of(scene.honour)[0]
    assert (answer.url, row.person, row.task) == (url, scene.colleagues[1], "课程")
    own = signed_in(scene.colleagues[1])
    page = reverse("studio_invitation", args=[row.public_id])
    assert "同意加入" in own.get(page).content.decode()
    own.post(page, {"do": "yes"})
    assert public_members(scene.honour) == ["王成员1"]
    client.post(post, {"do": f"remove:{row.public_id}"})
    assert public_members(scene.honour) == []


def test_studio_belongs_to_the_title_of_a_person():
    assert problems(a_title_plan("person", roles=("teacher",), honour=STUDIO)) == []
    said = [text for text, _params in problems(a_title_plan(honour=STUDIO))]
    assert said == ["只有个人的称号才有工作室。"]
