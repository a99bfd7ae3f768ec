"""The gallery: shown with consent only, gone without it, found by two characters."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from PIL import Image

from kechuang.base import clock, files
from kechuang.base.errors import Refused
from kechuang.base.searching import search_words
from kechuang.engine.applications.models import Attachment
from kechuang.engine.awards.actions import award_call, revoke_award
from kechuang.engine.showcase import counting, queries
from kechuang.engine.showcase.actions import (
    feature_work,
    hide_work,
    publish_works,
    rebuild_search,
    unhide_work,
)
from kechuang.engine.showcase.models import Work
from kechuang.orgs.actions.consents import withdraw_consent
from tests.engine.honours import DAY, answer, closed_notice, make_actor, make_competition, make_guardian

pytestmark = [pytest.mark.django_db]

TITLES = {
    "基于机器视觉的红树林底栖动物自动识别": "海洋 生态",
    "候鸟迁徙与城市灯光": "深圳湾观鸟三年",
    "AI Robot Arm for Wheelchair Users": "helps people eat",
    "太阳能净水装置": "robot 清洗滤芯",
    "䶮氏家族植物图谱": "植物",
}


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(entries=5, prizes=("first", "second", "second", "third", "third"), pupils=("张小三", "李四"),
                             consents=("showcase",))  # fmt: skip
    for entry, (title, abstract) in zip(found.entries, TITLES.items(), strict=True):
        entry.title, entry.abstract = title, abstract
        entry.save()
    award_call(closed_notice(found), by=found.officer)
    return found


@pytest.fixture
def works(competition):
    return publish_works(competition.call, by=competition.officer).works


def attach(entry, kind="PNG", color="red"):
    data = BytesIO()
    Image.new("RGB", (20, 20), color).save(data, kind)
    data.name = f"{color}.png"
    stored = files.accept(data, kind="image", max_bytes=10**6)
    return Attachment.objects.create(application=entry, question="photos", stored=stored, caption=color)


def titles(text="", **filters):
    return [work.title for work in queries.gallery(text, **filters)]


def test_awarded_works_with_every_consent_are_published(competition, works):
    assert len(works) == 5
    work = Work.objects.get(title="候鸟迁徙与城市灯光")
    assert (work.school, work.discipline_name, work.prize_name, work.year, work.names) == (
        "示范第一实验学校", "计算机科学与信息技术", "二等奖", 2026, "参赛学生",
    )  # fmt: skip
    assert queries.is_indexable(queries.public_work(work.slug)) is False


def test_one_missing_consent_keeps_the_work_private():
    competition = make_competition(entries=2, prizes=("first", "second"), pupils=("张小三", "李四"))
    for member in competition.entries[0].members.all():
        answer(member.person, "showcase")
    answer(competition.entries[1].members.first().person, "showcase")
    award_call(closed_notice(competition), by=competition.officer)

    result = publish_works(competition.call, by=competition.officer)

    assert ([w.title for w in result.works], result.without_consent) == (["红树林监测系统1"], 1)


def test_an_entry_without_named_members_is_not_shown():
    competition = make_competition(entries=1, prizes=("first",), pupils=())
    award_call(closed_notice(competition), by=competition.officer)

    assert publish_works(competition.call, by=competition.officer).without_consent == 1


def test_publishing_again_adds_the_newly_consented_only(competition, works):
    again = publish_works(competition.call, by=competition.officer)

    assert (again.works, again.already) == ([], 5)


def test_the_text_is_a_copy(competition, works):
    competition.entries[0].title = "改名"
    competition.entries[0].save()

    assert "改名" not in titles()


def test_names_are_masked_and_need_their_own_consent():
    competition = make_competition(entries=1, prizes=("first",), pupils=("张小三", "李四"), consents=("showcase",))
    answer(competition.entries[0].members.first().person, "publicity")
    award_call(closed_notice(competition), by=competition.officer)

    (work,) = publish_works(competition.call, by=competition.officer).works

    assert work.names == "张*三、参赛学生"
    pupil = competition.entries[0].members.first().person
    withdraw_consent(pupil, "publicity", by=make_guardian(pupil, competition.school))
    work.refresh_from_db()
    assert work.names == "参赛学生"


def test_media_need_their_own_consent():
    competition = make_competition(entries=2, prizes=("first", "second"), pupils=("张小三",), consents=("showcase",))
    for entry in competition.entries:
        attach(entry)
    answer(competition.entries[0].members.first().person, "media")
    award_call(closed_notice(competition), by=competition.officer)

    publish_works(competition.call, by=competition.officer)

    with_media, without = Work.objects.order_by("application_id")
    assert (with_media.media.count(), with_media.cover.kind) == (1, "image")
    assert (without.media.count(), without.cover) == (0, None)
    pupil = competition.entries[0].members.first().person
    withdraw_consent(pupil, "media", by=make_guardian(pupil, competition.school))
    with_media.refresh_from_db()
    assert (with_media.media.count(), with_media.cover) == (0, None)
    assert with_media in queries.gallery()


def test_a_withdrawn_consent_hides_at_once(competition, works):
    pupil = competition.entries[0].members.last().person
    assert queries.public_work(works[0].slug) == works[0]

    withdraw_consent(pupil, "showcase", by=make_guardian(pupil, competition.school))

    assert queries.public_work(works[0].slug) is None
    assert queries.gallery().count() == 4
    with pytest.raises(Refused, match="撤回同意"):
        unhide_work(works[0], by=competition.officer)
    assert publish_works(competition.call, by=competition.officer).works == []


def test_hiding_and_showing_again(competition, works):
    with pytest.raises(Refused, match="原因"):
        hide_work(works[0], reason=" ", by=competition.officer)

    hide_work(works[0], reason="照片有误", by=competition.officer)
    assert works[0] not in queries.gallery()
    assert list(queries.curated(competition.officer, hidden=True)) == [works[0]]

    unhide_work(works[0], by=competition.officer)
    assert works[0] in queries.gallery()


def test_a_revoked_award_takes_the_work_down(competition, works):
    revoke_award(works[0].award, reason="查实抄袭", by=competition.officer)

    works[0].refresh_from_db()
    assert works[0] not in queries.gallery()
    assert works[0].hidden_reason == "奖项已撤销：查实抄袭"
    with pytest.raises(Refused, match="已经撤销"):
        unhide_work(works[0], by=competition.officer)


def test_only_curators_curate(competition, works):
    teacher = make_actor("校管", competition.school, "school_officer")

    for act in (lambda: publish_works(competition.call, by=teacher), lambda: feature_work(works[0], by=teacher),
                lambda: hide_work(works[0], reason="x", by=teacher)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()


# --- searching ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("红树", ["基于机器视觉的红树林底栖动物自动识别"]),
        ("鸟迁", ["候鸟迁徙与城市灯光"]),
        ("观鸟", ["候鸟迁徙与城市灯光"]),
        ("䶮", ["䶮氏家族植物图谱"]),
        ("ROBOT arm", ["AI Robot Arm for Wheelchair Users"]),
        ("ｒｏｂｏｔ", ["AI Robot Arm for Wheelchair Users", "太阳能净水装置"]),
        ("robot 滤芯", ["太阳能净水装置"]),
        ("滤芯robot", ["太阳能净水装置"]),
        ("红树 候鸟", []),
        ("量子", []),
        ("100%", []),
        ("_", []),
        ("《红树林》", ["基于机器视觉的红树林底栖动物自动识别"]),
    ],
)
def test_search_finds_every_word_and_nothing_else(works, text, found):
    assert titles(text) == found


def test_every_pair_of_characters_of_every_title_finds_its_work(works):
    for title in TITLES:
        plain = [c for c in title if "一" <= c <= "鿿"]
        if len(plain) == len(title):
            for start in range(len(title) - 1):
                assert title in titles(title[start : start + 2])


def test_a_bare_search_shows_all_with_the_featured_first(competition, works):
    feature_work(works[3], by=competition.officer)

    assert titles()[0] == works[3].title
    assert len(titles()) == 5


def test_punctuation_alone_finds_nothing(works):
    assert titles("？？") == []


def test_filters_narrow(works):
    assert len(titles(prize="二等奖")) == 2
    assert len(titles(year=2026, stage="junior", discipline="CS", school="示范第一实验学校")) == 5
    assert titles(year=2025) == []
    assert titles("robot", prize="三等奖") == ["太阳能净水装置"]


def test_facets_count_what_is_public(competition, works):
    hide_work(works[0], reason="照片有误", by=competition.officer)

    facets = counting.facets()

    assert {c.label: c.count for c in facets["prize"]} == {"二等奖": 2, "三等奖": 2}
    assert [(c.value, c.label, c.count) for c in facets["discipline"]] == [("CS", "计算机科学与信息技术", 4)]
    assert [(c.value, c.count) for c in facets["year"]] == [("2026", 4)]


@pytest.mark.parametrize(
    "filters", [{}, {"prize": "二等奖"}, {"prize": "三等奖", "year": "2026"}, {"year": "2025"}, {"district": "nowhere"}]
)
def test_tallies_count_what_the_gallery_shows(works, filters):
    assert counting.count_shown(filters) == queries.gallery(**filters).count()


def test_tallies_leave_a_school_to_be_counted(works):
    assert counting.count_shown({"school": "示范第一实验学校"}) is None


def test_counts_are_kept_for_a_moment_and_what_is_hidden_is_gone_at_once(competition, works, settings):
    settings.SHARED_SECONDS = 20
    cache.clear()
    keys = queries.ranked("robot")
    assert counting.count_shown({}) == 5
    hide_work(Work.objects.get(pk=keys[0]), reason="照片有误", by=competition.officer)

    assert counting.count_shown({}) == 5
    assert [work.pk for work in queries.tiles(keys)] == keys[1:]
    cache.clear()
    assert counting.count_shown({}) == 4


def test_keys_of_a_search_come_in_the_order_of_the_gallery(works):
    assert queries.ranked("robot") == [work.pk for work in queries.gallery("robot")]
    assert queries.ranked("robot", prize="三等奖") == [work.pk for work in queries.gallery("robot", prize="三等奖")]


def test_a_call_shows_works_while_one_is_public(competition, works):
    assert queries.shows_works(competition.call)
    for work in works:
        hide_work(work, reason="照片有误", by=competition.officer)
    assert not queries.shows_works(competition.call)


def test_a_rebuild_finds_what_was_changed(works):
    Work.objects.filter(pk=works[0].pk).update(title="量子纠缠的桌面演示", search_text="", search_title="")
    assert titles("量子") == []

    assert rebuild_search() == 5

    assert titles("量子") == ["量子纠缠的桌面演示"]


def test_what_has_the_pairs_of_a_word_does_not_yet_hold_it(works):
    Work.objects.filter(pk=works[0].pk).update(title="红树 树林")
    rebuild_search()

    assert titles("红树") == titles("树林") == ["红树 树林"]
    assert titles("红树林") == []


def test_the_list_costs_one_query_however_long(works, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [w.cover for w in queries.gallery("robot")[:20]] == [None, None]


def test_related_works_are_alike_first(works):
    Work.objects.filter(pk=works[4].pk).update(title="红树林底栖动物图谱")

    related = queries.related(works[0], count=2)

    assert related[0].pk == works[4].pk
    assert works[0] not in related


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wheelchiar", ["AI Robot Arm for Wheelchair Users"]),
        ("weelchiar users", ["AI Robot Arm for Wheelchair Users"]),
        ("机器世觉", ["基于机器视觉的红树林底栖动物自动识别"]),
        ("迁候徙鸟与城市灯光", []),
        ("候鸟徙迁", ["候鸟迁徙与城市灯光"]),
        ("观鸟三年 候鸟千徙", ["候鸟迁徙与城市灯光"]),
        ("太阳能汽车", []),
        ("wheel", []),
    ],
)
def test_slips_lead_to_what_was_meant_and_nothing_else(works, typed, meant):
    cache.delete(queries.WORDS)
    found = queries._meant(Work.objects.public(), search_words(typed))

    assert [work.title for work in found or []] == meant
    if meant:
        assert [work.title for work in queries.gallery_near(typed, 9)] == meant


def test_titles_that_share_enough_with_the_query_are_near(works):
    assert [work.title for work in queries.gallery_near("太阳净水置", 9)] == ["太阳能净水装置"]
    assert [work.title for work in queries.gallery_near("太阳的故事", 9)] == []
    assert [work.title for work in queries.gallery_near("robotarm", 9)] == ["AI Robot Arm for Wheelchair Users"]
