"""Shelves of the demo city: what its editors show on the front page, one more that is public, one that is not yet."""

from datetime import date, timedelta

from kechuang.console.demo.city import DemoCity
from kechuang.engine.catalogue.queries import catalogue
from kechuang.engine.models import Honour, Shelf, Work
from kechuang.engine.showcase import shelving

SHELVES = (
    ("看看海边的城市", "The city by the sea", "海洋与湿地", "红树、海滩、夜空：同学们用几个月的观测，回答自己关心的问题。",
     ("红树", "海滩", "牡蛎", "海边", "小河", "雨水", "水", "候鸟")),
    ("给身边的人做点什么", "For the people around us", "生活与关爱", "担架、手环、药盒、盲文：每一件都从身边一个人的不方便开始。",
     ("担架", "手环", "认药", "盲文", "轮椅", "公交站台", "水杯")),
    ("数据会说话", "What the data say", "数学与人工智能", "把两周的车流、三十天的鸟鸣变成可以检验的结论。",
     ("模型", "鸟鸣", "公交", "坐姿", "睡眠")),
)  # fmt: skip


def shelves(city: DemoCity, day: date) -> None:
    by, works = city.officer, list(Work.objects.public().order_by("-is_featured", "pk"))
    assert by
    for order, (title, title_en, theme, words, wanted) in enumerate(SHELVES, 1):
        facts = {"title": title, "title_en": title_en, "theme": theme, "words": words, "year": day.year - 1}
        shelf = shelving.create_shelf(city.org, facts, by=by)
        for work in [work for work in works if any(word in work.title for word in wanted)][:8]:
            shelving.shelve(shelf, work, by=by)
        if shelf.items.exists():
            shelving.show_shelf(shelf, True, by=by)
            shelving.place_on_front(shelf, order, day + timedelta(days=60) if order == 2 else None, by=by)
    _lessons(city, day)
    _schools(city, day, shelf_title="科创教育办得好的学校")


def _lessons(city: DemoCity, day: date) -> None:
    """Course cases on the front page, the most adopted first."""
    by = city.officer
    assert by
    facts = {
        "title": "拿来就能上的课", "title_en": "Lessons ready to teach", "theme": "课程案例", "year": day.year,
        "words": "老师们上过、同行用过的课程案例，方案和材料都可以下载。",
    }  # fmt: skip
    shelf = shelving.create_shelf(city.org, facts, by=by)
    for case in catalogue(order="adopted")[:4]:
        shelving.shelve(shelf, case, by=by)
    if shelf.items.exists():
        shelving.place_on_front(shelving.show_shelf(shelf, True, by=by), 2, by=by)


def _schools(city: DemoCity, day: date, *, shelf_title: str) -> Shelf:
    """Public, but not on the front page; and a draft of the district's."""
    by = city.officer
    assert by
    facts = {
        "title": shelf_title,
        "title_en": "Schools that do it well",
        "theme": "学校",
        "words": "",
        "year": day.year,
    }
    shelf = shelving.create_shelf(city.org, facts, by=by)
    for honour in Honour.objects.filter(state="valid", person=None).select_related("org").order_by("number")[:6]:
        shelving.shelve(shelf, honour.org, words=honour.title, by=by)
    if shelf.items.exists():
        shelving.show_shelf(shelf, True, by=by)
    draft = {
        "title": "明年创客节预告",
        "title_en": "",
        "theme": "创客节",
        "words": "等名单确定后公开。",
        "year": day.year + 1,
    }
    shelving.create_shelf(city.org, draft, by=by)
    return shelf
