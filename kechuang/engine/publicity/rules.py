"""Rules of the public notice and of objections: pure, so that each clause can be tested alone.

公示 and objections follow domain.md §2.7: a notice of whole working days, objections signed with name, document, unit,
phone and evidence, answered within the working days that the call promised, by people who did not decide first.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base.masking import mask_name
from kechuang.engine.enums import DecisionState, NoticeState, ObjectionState

UNNAMED = "参赛学生"
OPEN_OBJECTIONS = frozenset({ObjectionState.RECEIVED, ObjectionState.IN_HANDLING})


def shown_names(names: Sequence[str], consented: Sequence[bool]) -> str:
    """The names of a line: masked where the consent for 公示姓名 stands, else only that a pupil took part."""
    if not any(consented):
        return UNNAMED if names else ""
    shown = [mask_name(name) if allowed else UNNAMED for name, allowed in zip(names, consented, strict=True)]
    return "、".join(shown)


def why_not_publish(notice_state: str, decision_state: str, chosen: int) -> str:
    if notice_state != NoticeState.DRAFT:
        return _("这份公示已经发布过，不能重复发布。需要更正请通过异议复核更新公示。")
    if decision_state != DecisionState.FINAL:
        return _("认定决定还没有最终确定，不能公示。请先在“排序与决定”中确定结果。")
    if not chosen:
        return _("这份决定里没有拟入围或拟授奖的作品，没有可公示的内容。")
    return ""


def why_not_close(state: str, ends_on: date | None, open_objections: int, today: date) -> str:
    """A notice ends after its last day, and never over the head of an objector."""
    if state != NoticeState.OPEN or ends_on is None:
        return _("这份公示现在不在公示中，不能结束公示。")
    if today <= ends_on:
        return _("公示期到 %(day)s（含当日）才满，请在此之后结束公示。") % {"day": f"{ends_on:%Y-%m-%d}"}
    if open_objections:
        return _("还有 %(n)s 件异议没有答复，不能结束公示。请先完成复核并答复。") % {"n": open_objections}
    return ""


def why_not_object(state: str, starts_on: date | None, ends_on: date | None, today: date) -> str:
    if state == NoticeState.SUPERSEDED:
        return _("这份公示已经更新，请在更新后的公示页面提出异议。")
    if state != NoticeState.OPEN or starts_on is None or ends_on is None or not starts_on <= today <= ends_on:
        return _("异议应当在公示期内提出，这份公示现在不在公示期内。如有新的证据，请按公示中的联系方式书面反映。")
    return ""


def objection_problems(fields: dict[str, str], *, signed: bool) -> dict[str, str]:
    """What a signed objection lacks, per field (domain.md §2.7: name, ID, unit, phone and evidence, in writing)."""
    wanted = {
        "name": _("请填写您的真实姓名，匿名异议不予受理。"),
        "document_no": _("请填写身份证件号码，用于核实您的身份，仅经办人可见。"),
        "unit": _("请填写您的单位；没有单位的请填“无”。"),
        "phone": _("请填写联系电话，以便核实和答复。"),
        "statement": _("请写明异议的内容和依据。"),
    }
    problems = {name: sentence for name, sentence in wanted.items() if not fields.get(name, "").strip()}
    if "phone" not in problems and sum(c.isdigit() for c in fields["phone"]) < 7:
        problems["phone"] = _("这个电话号码不完整，请检查。")
    if "statement" not in problems and len(fields["statement"].strip()) < 10:
        problems["statement"] = _("异议内容太短，请写明哪件作品、什么问题、依据是什么（至少 10 个字）。")
    if not signed:
        problems["signed"] = _("请勾选签名确认：以上内容属实，本人愿意承担相应责任。")
    return problems


def why_not_reconsider(user_id: int | None, first_deciders: Collection[int]) -> str:
    """复核 by people other than the first deciders, the experts of the entry and whoever endorsed or recommended it."""
    if user_id is None:
        return _("复核必须由登录的工作人员作出。")
    if user_id in first_deciders:
        return _("您参与过这件作品的推荐、评审或原决定，按回避规定不能复核对它的异议。请转给没有参与的同事。")
    return ""


def why_not_decide(
    state: str, effect: str, new_prize: str, *, finding: str, about_entry: bool, prizes: Collection[str]
) -> str:
    if state not in OPEN_OBJECTIONS:
        return _("这件异议已经办结，不能再次作出复核意见。")
    if not finding.strip():
        return _("请写明复核意见和理由，它会写进答复函。")
    if effect != "keep" and not about_entry:
        return _("这件异议没有指明作品，不能直接调整结果。请先选择它所涉及的作品。")
    if effect == "change_prize" and new_prize not in prizes:
        return _("请选择调整后的奖项；要取消获奖资格请选“取消获奖资格”。")
    return ""


def letter(
    *, number: str, name: str, notice: str, entry: str, finding: str, outcome: str, office: str, day: date
) -> str:
    """答复函 to the objector in the language of now: of the work, never of the pupils. What is kept is the Chinese one."""
    facts = {"notice": notice, "entry": entry, "number": number}
    about = _("中的作品《%(entry)s》") % facts if entry else ""
    received = _("您就“%(notice)s”%(about)s提出的异议（受理号 %(number)s）收悉。经未参与原决定的人员复核，现答复如下：")
    return "\n".join(
        (
            _("%(name)s：") % {"name": name},
            received % (facts | {"about": about}),
            _("一、复核意见"),
            finding.strip(),
            _("二、处理结果"),
            outcome,
            _("感谢您对竞赛公平公正的关心和监督。对本答复仍有意见的，可以向上级教育行政部门反映。"),
            office,
            date_format(day, "DATE_FORMAT"),
        )
    )


def outcome(effect: str, prize: str) -> str:
    """What became of an objection, as the letter says it."""
    return {
        "keep": _("异议不成立，维持原公示结果。"),
        "change_prize": _("异议成立，该作品的奖项调整为%(prize)s，更新后的名单已重新公示。") % {"prize": prize},
        "strike": _("异议成立，取消该作品的资格，更新后的名单已重新公示。"),
    }[effect]


DISCLAIMER = "不作为中小学招生入学依据"
"""Stands on every notice and every certificate."""
TITLES = {"shortlist": _n("关于%(call)s入围名单的公示"), "award": _n("关于%(call)s拟获奖名单的公示")}
BODIES = {
    "shortlist": _n("经专家评审，现将%(call)s入围终评的名单予以公示，接受社会监督。"),
    "award": _n("经专家评审和组委会审定，现将%(call)s拟获奖名单予以公示，接受社会监督。结果不作为中小学招生入学依据。"),
}
CONTACT = _n(
    "对公示内容有异议的，请在公示期内实名提出，写明姓名、证件号码、单位、联系电话并附证据；可以在本页面在线提交，也可以书面送交%(office)s。"
    "匿名或没有依据的异议不予受理。经办人员对异议人的信息保密。"
)


def notice_words(kind: str, call: str, office: str) -> dict[str, str]:
    """The usual words of a notice, in the language of now."""
    facts = {"call": call, "office": office}
    return {
        "title": (_(TITLES[kind]) % facts)[:200],
        "body": _(BODIES[kind]) % facts,
        "contact": _(CONTACT) % facts,
    }
