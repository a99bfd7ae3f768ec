"""The closed vocabularies of organisations, people and consent."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class OrgKind(TextChoices):
    CITY = "city", _("市级教育行政部门")
    DISTRICT = "district", _("区级教育行政部门")
    SCHOOL = "school", _("学校")
    CAMPUS = "campus", _("校区")
    GROUP = "group", _("教育集团")
    PARTNER = "partner", _("合作单位")
    DELEGATION = "delegation", _("代表团")


class PartnerKind(TextChoices):
    ENTERPRISE = "enterprise", _("企业")
    UNIVERSITY = "university", _("高等院校")
    INSTITUTE = "institute", _("科研院所")
    MUSEUM = "museum", _("科技场馆")
    YOUTH_CENTRE = "youth_centre", _("青少年活动中心")
    ASSOCIATION = "association", _("学会协会")


class SchoolKind(TextChoices):
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初级中学")
    NINE_YEAR = "nine_year", _("九年一贯制学校")
    COMPLETE = "complete", _("完全中学")
    SENIOR = "senior", _("高级中学")
    TWELVE_YEAR = "twelve_year", _("十二年一贯制学校")
    VOCATIONAL = "vocational", _("中等职业学校")
    SPECIAL = "special", _("特殊教育学校")
    CORRECTIONAL = "correctional", _("专门学校")


class Ownership(TextChoices):
    PUBLIC = "public", _("公办")
    PRIVATE = "private", _("民办")


class Stage(TextChoices):
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中")


class Grade(IntegerChoices):
    G1 = 1, _("一年级")
    G2 = 2, _("二年级")
    G3 = 3, _("三年级")
    G4 = 4, _("四年级")
    G5 = 5, _("五年级")
    G6 = 6, _("六年级")
    G7 = 7, _("初一")
    G8 = 8, _("初二")
    G9 = 9, _("初三")
    G10 = 10, _("高一")
    G11 = 11, _("高二")
    G12 = 12, _("高三")


class Role(TextChoices):
    PUPIL = "pupil", _("学生")
    GUARDIAN = "guardian", _("监护人")
    TEACHER = "teacher", _("教师")
    SCHOOL_OFFICER = "school_officer", _("学校管理员")
    SCHOOL_TEAM_HEAD = "school_team_head", _("校级工作小组组长")
    DISTRICT_OFFICER = "district_officer", _("区级管理员")
    CITY_OFFICER = "city_officer", _("市级管理员")
    EXPERT = "expert", _("评审专家")
    PARTNER_OFFICER = "partner_officer", _("合作单位管理员")
    ENGINEER = "engineer", _("工程师")
    INSPECTOR = "inspector", _("督导人员")
    AUDITOR = "auditor", _("审计管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")


class OrgEventKind(TextChoices):
    OPEN = "open", _("设立")
    RENAME = "rename", _("更名")
    MOVE = "move", _("划转")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("分立")
    CLOSE = "close", _("撤销")


class DocumentType(TextChoices):
    RESIDENT_ID = "resident_id", _("居民身份证")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    TRAVEL_PERMIT = "travel_permit", _("港澳台居民来往内地通行证")
    PASSPORT = "passport", _("护照")
    OTHER = "other", _("其他证件")


class GuardianRelation(TextChoices):
    FATHER = "father", _("父亲")
    MOTHER = "mother", _("母亲")
    GRANDPARENT = "grandparent", _("祖父母或外祖父母")
    OTHER = "other", _("其他监护人")


class RelationshipKind(TextChoices):
    RELATIVE = "relative", _("亲属")
    ADVISER = "adviser", _("指导教师")
    SUPERVISOR = "supervisor", _("导师")
    COAUTHOR = "coauthor", _("合作者")
    COLLEAGUE = "colleague", _("同事")
    OTHER = "other", _("其他利害关系")


class ConsentPurpose(TextChoices):
    ENTERING = "entering", _("报名参赛")
    PUBLICITY = "publicity", _("公示姓名")
    SHOWCASE = "showcase", _("作品展示")
    MEDIA = "media", _("照片和视频")
    ASSESSMENT = "assessment", _("素养测评")
    TALENT = "talent", _("英才档案")
    RESEARCH = "research", _("去标识化研究")


class ConsentAnswer(TextChoices):
    GRANTED = "granted", _("同意")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("撤回同意")


class DisclosureKind(TextChoices):
    """Where something about a pupil could be read by people outside the offices."""

    NOTICE = "notice", _("公示名单")
    WORK = "work", _("作品展示")
    MEDIA = "media", _("作品的图片和视频")


class ExportState(TextChoices):
    ASKED = "asked", _("待审批")
    REFUSED = "refused", _("未批准")
    APPROVED = "approved", _("正在生成")
    READY = "ready", _("可以下载")
    EXPIRED = "expired", _("已失效")
    PULLED = "pulled", _("已收回")


class RequestKind(TextChoices):
    CORRECT = "correct", _("更正")
    DELETE = "delete", _("删除")
    EXPLAIN = "explain", _("说明和复制")


class RequestState(TextChoices):
    RECEIVED = "received", _("待办理")
    GRANTED = "granted", _("已办理")
    REFUSED = "refused", _("未予办理")


class TransferState(TextChoices):
    ASKED = "asked", _("待原学校确认")
    DONE = "done", _("已转入")
    REFUSED = "refused", _("原学校未同意")
    WITHDRAWN = "withdrawn", _("已撤回申请")
    UNDONE = "undone", _("已退回原学校")


class CorrectedField(TextChoices):
    NAME = "name", _("姓名")
    NAME_EN = "name_en", _("英文姓名")
    BIRTH = "birth_on", _("出生日期")
    CLASS = "class_name", _("班级")
    PHONE = "phone", _("联系电话")
    OTHER = "other", _("其他")


class ErasedPart(TextChoices):
    """What somebody may ask to have deleted; awards and their certificates stay (档案管理)."""

    IDENTIFIERS = "identifiers", _("证件号码、学籍号和电话")
    PUBLIC = "public", _("公开展示的作品、图片和姓名")
    DRAFTS = "drafts", _("没有提交的申报和附件")
    EVERYTHING = "everything", _("全部（注销账号）")


class AnsweredAs(TextChoices):
    PUPIL = "pupil", _("学生本人")
    GUARDIAN = "guardian", _("监护人")


class CodePurpose(TextChoices):
    GUARDIAN = "guardian", _("监护人注册")


class LookKind(TextChoices):
    OFFICE = "office", _("本单位查看")
    SUPPORT = "support", _("技术支持")


class RosterKind(TextChoices):
    PUPILS = "pupils", _("学生名册")
    TEACHERS = "teachers", _("教师名册")
    SCHOOLS = "schools", _("学校名册")


class RosterState(TextChoices):
    CHECKING = "checking", _("正在检查")
    CHECKED = "checked", _("检查完毕")
    TAKEN = "taken", _("已导入")
    UNDONE = "undone", _("已撤回")
    FAILED = "failed", _("无法读取")


class Verdict(TextChoices):
    GOOD = "good", _("可以导入")
    WARNING = "warning", _("可以导入，请留意")
    REFUSED = "refused", _("不能导入")
    TAKEN = "taken", _("已导入")
    UNDONE = "undone", _("已撤回")


def stage_of_grade(grade: int) -> Stage:
    """Grades count 1–12 through the three stages: 6 + 3 + 3 years."""
    if not 1 <= grade <= 12:
        raise ValueError(f"grade {grade} is not one of 1–12")
    return Stage.PRIMARY if grade <= 6 else Stage.JUNIOR if grade <= 9 else Stage.SENIOR
