"""The texts that ship: one for each purpose, with the six items of 儿童个人信息网络保护规定 art. 10.

An installation edits them by adding a version; what somebody has read and answered never changes. The Chinese is stored and
answered; readers of English see the catalogue's English of these sentences beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from kechuang.orgs.enums import ConsentPurpose

STORAGE = _(
    "信息保存在本市教育行政部门管理的服务器上，不出境。保存至学生毕业后三年；期满后删除或作匿名化处理，"
    "获奖名单和证书编号依档案管理规定继续保存。"
)
SECURITY = _(
    "证件号码、学籍号等以密文保存；工作人员只能查看职责所需的内容，每次查看敏感信息都须写明理由并留下记录；"
    "对外公开时姓名作遮盖处理；导出的文件带有水印。"
)
COMPLAINTS = _(
    "您可以先联系所在学校的科创工作负责人，也可以向区、市教育行政部门反映；对处理结果不满意的，可以向网信部门投诉举报。"
)
CORRECTION = _(
    "登录后可随时查看、复制本人（孩子）的信息并撤回同意；信息有误或需要删除的，在平台上提交申请或联系学校，"
    "学校会在十五个工作日内处理。撤回同意不影响撤回之前已经进行的处理。"
)


def _text(purpose: ConsentPurpose, title: str, scope: str, refusal: str) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "version": 1,
        "title": title,
        "purpose_and_scope": scope,
        "storage": STORAGE,
        "security": SECURITY,
        "refusal": refusal,
        "complaints": COMPLAINTS,
        "correction": CORRECTION,
        "effective_from": date(2024, 1, 1),
    }


TEXTS = [
    _text(
        ConsentPurpose.ENTERING,
        _("报名参赛个人信息处理同意书"),
        _(
            "为办理科技竞赛的报名、资格审核、评审和颁奖，收集学生的姓名、学校、年级、班级、指导教师和申报材料。"
            "信息由学校、区和市的组织单位以及评审专家在各自职责范围内使用；实行匿名评审的环节，专家看不到姓名和学校。"
        ),
        _("不同意则无法报名参加本平台组织的竞赛，不影响学生在校的学习和其他活动。"),
    ),
    _text(
        ConsentPurpose.PUBLICITY,
        _("结果公示个人信息处理同意书"),
        _("为接受社会监督，在公示期内公开拟获奖学生经遮盖处理的姓名、学校、作品名称和拟授等次；公示期满后撤下。"),
        _("竞赛结果依规定须经公示。不同意公示姓名的，名单中只写“参赛学生”，不影响评审、奖项和证书。"),
    ),
    _text(
        ConsentPurpose.SHOWCASE,
        _("作品展示同意书"),
        _("为交流学习，在平台的作品展示栏目公开获奖作品的名称、摘要、图片和视频，以及经遮盖处理的作者姓名和学校。"),
        _("不同意则作品不会展示，不影响评审结果、奖项和证书。"),
    ),
    _text(
        ConsentPurpose.MEDIA,
        _("照片和视频使用同意书"),
        _("为记录和报道活动，拍摄学生参加活动的照片和视频，用于平台和教育行政部门的官方宣传，不用于商业用途。"),
        _("不同意则不会使用含有学生可辨认形象的照片和视频，不影响参加活动。"),
    ),
    _text(
        ConsentPurpose.ASSESSMENT,
        _("科学素养测评同意书"),
        _("为了解全市中小学生科学素养的总体状况，收集学生的作答和用时。只公布总体结果，不公布个人成绩，也不作排名。"),
        _("不同意则学生不参加测评，不影响其他学习和评价。"),
    ),
    _text(
        ConsentPurpose.TALENT,
        _("科创英才档案同意书"),
        _("为提供个性化培养，汇集学生的竞赛、课程和培养记录，供培养学校、导师和教育行政部门在培养工作中使用。"),
        _("不同意则不建立英才档案，已获得的奖项和证书不受影响。"),
    ),
    _text(
        ConsentPurpose.RESEARCH,
        _("教育研究数据使用同意书"),
        _("为改进科创教育，在去除可识别个人的信息之后，把参赛和学习记录用于教育研究；每组不足十人的数据不予提供。"),
        _("不同意则不会把学生的记录用于研究，不影响任何其他服务。"),
    ),
]
