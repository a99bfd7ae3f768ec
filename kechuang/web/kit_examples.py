"""What /components/ shows: every component of the kit in every tone, with words that could stand on a real page."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.engine.workflow.states import STATES

from .charts import Chart, Series
from .templatetags.kit import ICONS, TONES
from .tiles import Tile, TileMap


class ExampleForm(forms.Form):
    title = forms.CharField(label=_("作品名称"), max_length=40, help_text=_("不超过 40 字，写清研究对象和方法。"))
    stage = forms.ChoiceField(
        label=_("学段"),
        choices=[("", _("请选择")), ("primary", _("小学")), ("junior", _("初中")), ("senior", _("高中"))],
    )
    kind = forms.ChoiceField(
        label=_("作品形式"),
        widget=forms.RadioSelect,
        choices=[("object", _("发明作品")), ("paper", _("研究论文")), ("code", _("软件"))],
    )
    summary = forms.CharField(label=_("摘要"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    phone = forms.CharField(label=_("指导教师手机"))
    agree = forms.BooleanField(label=_("已阅读并同意参赛须知与个人信息保护说明"))

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if len(phone) != 11:
            raise forms.ValidationError(_("请填写 11 位手机号码，现在是 %(n)d 位。"), params={"n": len(phone)})
        return phone


def examples() -> dict[str, Any]:
    now = clock.now()
    return {
        "tones": TONES,
        "states": list(STATES.values()),
        "icons": sorted(ICONS),
        "soon": now + timedelta(hours=7),
        "later": now + timedelta(days=12),
        "past": now - timedelta(days=2),
        "form": ExampleForm(data={"title": "珊瑚礁水质低功耗监测浮标", "stage": "junior", "phone": "1380013"}),
        "nav": [
            {"label": _("工作台"), "url": "#", "icon": "layout-dashboard", "active": True, "badge": 0},
            {"label": _("赛事"), "url": "#", "icon": "trophy", "active": False, "badge": 0},
            {"label": _("作品评审"), "url": "#", "icon": "clipboard-check", "active": False, "badge": 3},
            {"label": _("成果展示"), "url": "#", "icon": "photo", "active": False, "badge": 0},
        ],
        "nav_key": ("components", get_language()),
        "breadcrumbs": [{"label": _("首页"), "url": "/"}, {"label": _("组件"), "url": ""}],
        "timeline": [
            {"title": _("提交申报"), "at": now - timedelta(days=9), "by": "王小明", "state": "done"},
            {"title": _("学校审核通过"), "at": now - timedelta(days=6), "by": "深圳中学", "state": "done"},
            {"title": _("退回修改"), "at": now - timedelta(days=5), "tone": "warning", "icon": "arrow-back-up",
             "note": _("请补充实验原始数据。")},
            {"title": _("待区级推荐"), "state": "now", "note": _("区级在名额内择优推荐到市")},
            {"title": _("专家评审"), "state": "next"},
        ],
        "steps": [_("基本情况"), _("研究内容"), _("附件"), _("知情同意"), _("核对并提交")],
        "tabs": [
            {"label": _("待审核"), "url": "#", "active": True, "count": 18},
            {"label": _("已推荐"), "url": "#", "active": False, "count": 42},
            {"label": _("全部"), "url": "#", "active": False, "count": None},
        ],
        "facts": [(_("学校"), "大鹏新区葵涌中学"), (_("学段"), _("初中")), (_("学科"), _("环境科学")), (_("受理编号"), "2026-0184")],
        "chips": [{"label": _("学段：初中"), "url": "#"}, {"label": _("状态：待区级推荐"), "url": "#"}],
        "rows": [
            SimpleNamespace(title="基于视觉识别的校园垃圾分类助手", school="深圳中学", stage=_("高中"), state="in_review"),
            SimpleNamespace(title="珊瑚礁水质低功耗监测浮标", school="大鹏新区葵涌中学", stage=_("初中"), state="recommended"),
            SimpleNamespace(title="盲人地铁导航手环", school="南山实验教育集团", stage=_("高中"), state="incomplete"),
            SimpleNamespace(title="蚯蚓堆肥对菜园土壤的影响研究", school="福田区荔园小学", stage=_("小学"), state="awarded"),
            SimpleNamespace(title="折纸结构承重比较实验", school="盐田区外国语小学", stage=_("小学"), state="not_awarded"),
        ],
        "tile_map": _tile_map(),
        "charts": _charts(),
        "anchors": [_("9–10 分：问题真实，思路新颖"), _("6–8 分：有一定新意"), _("5 分及以下：重复已有做法")],
    }  # fmt: skip


def _tile_map() -> TileMap:
    values = {"光明区": 121, "龙华区": 264, "龙岗区": 402, "坪山区": 77, "深汕特别合作区": 9, "宝安区": 518, "南山区": 611, "福田区": 447,
              "罗湖区": 232, "盐田区": 58, "大鹏新区": 0, "市直属学校": 202}  # fmt: skip
    return TileMap(
        _("各区参赛作品数"),
        _("南山区最多，611 件；大鹏新区还没有作品。"),
        [Tile(name, value, "#") for name, value in values.items()],
        _("件"),
    )


def _charts() -> list[Chart]:
    days = [f"11-{day:02}" for day in range(10, 25)]
    sent = [3, 5, 4, 8, 6, 9, 12, 10, 15, 22, 19, 31, 46, 72, 118]
    experts = ["01", "02", "03", "04", "05", "06"]
    scores = [86.2, 84.9, 84.1, 83.8, 83.1, 81.6]
    return [
        Chart("bar", _("各学段两届对比"), _("小学作品最多，四个学段都比上一届多。"), [_("小学"), _("初中"), _("高中"), _("中职")],
              [Series(_("2025届"), [822, 640, 512, 96]), Series(_("2026届"), [1012, 789, 633, 141])], _("件"), _("学段")),
        Chart("funnel", _("从报名到获奖"), _("每 100 件报名作品，约 8 件获奖。"), [_("报名"), _("推荐"), _("入围"), _("获奖")],
              [Series(_("作品"), [2941, 1480, 420, 236])], _("件"), _("步骤"), links=["#a", "#b", "#c", "#d"]),
        Chart("line", _("每天提交的作品"), _("截止前一天交了 118 件，占全部的三分之一。"), days, [Series(_("提交"), sent)], _("件"), _("日期"), mark=("11-24", _("截止"))),
        Chart("dots", _("专家宽严"), _("专家 02 明显偏严，专家 05 明显偏宽。"), experts,
              [Series(_("与平均的差"), [0.4, -4.1, 0.9, -0.6, 3.8, 0.1], [-0.9, -5.6, -0.5, -2.0, 2.4, -1.2], [1.7, -2.6, 2.3, 0.8, 5.2, 1.4])],
              _("分"), _("专家"), line=(0, _("平均"))),
        Chart("dots", _("奖项分界处的得分"), _("第 3 至 5 名的区间互相重叠，分界处建议复议。"), [_("第 1 名"), _("第 2 名"), _("第 3 名"), _("第 4 名"), _("第 5 名"), _("第 6 名")],
              [Series(_("得分"), scores, [s - 1.3 for s in scores], [s + 1.3 for s in scores])], _("分"), _("名次"), line=(84.0, _("一等奖分界"))),
        Chart("spark", _("每天提交的作品"), _("近两周在加快。"), days, [Series(_("提交"), sent)], _("件"), _("日期")),
    ]  # fmt: skip
