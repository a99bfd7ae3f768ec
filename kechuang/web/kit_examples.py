"""What /components/ shows: every component of the kit in every tone, with words that could stand on a real page."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.engine.workflow.states import STATES

from .templatetags.kit import ICONS, TONES


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
        "anchors": [_("9–10 分：问题真实，思路新颖"), _("6–8 分：有一定新意"), _("5 分及以下：重复已有做法")],
    }  # fmt: skip
