"""Choices of the engine's models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallState(TextChoices):
    DRAFT = "draft", _("草拟中")
    PUBLISHED = "published", _("已发布")
    CLOSED = "closed", _("已结束")
    CANCELLED = "cancelled", _("已取消")


class RoundState(TextChoices):
    PLANNED = "planned", _("待启动")
    OPEN = "open", _("评审中")
    CLOSED = "closed", _("已结束")


class AssignmentState(TextChoices):
    ASSIGNED = "assigned", _("待评")
    DRAFT = "draft", _("已存草稿")
    SUBMITTED = "submitted", _("已提交")
    RECUSED = "recused", _("已回避")
    VOID = "void", _("已撤销")


class ExpertKind(TextChoices):
    """What an expert is by trade: an entry may ask for one of each."""

    TEACHING_ADVISER = "teaching_adviser", _("教研员")
    TEACHER = "teacher", _("学校教师")
    SCIENTIST = "scientist", _("高校和科研人员")
    ENGINEER = "engineer", _("企业工程师")


class ConflictKind(TextChoices):
    SAME_SCHOOL = "same_school", _("同一学校")
    SAME_GROUP = "same_group", _("同一教育集团")
    SAME_DISTRICT = "same_district", _("同一区")
    PAST_SCHOOL = "past_school", _("三年内曾任职学校")
    ADVISER = "adviser", _("指导教师")
    CO_ADVISER = "co_adviser", _("共同指导教师")
    RELATIVE = "relative", _("亲属")
    SPONSOR = "sponsor", _("资助或培训单位")
    CO_COURSE = "co_course", _("共同开发课程")
    DECLARED = "declared", _("专家申报")
    SELF = "self", _("本人")


class DecisionState(TextChoices):
    PROPOSAL = "proposal", _("拟定")
    FINAL = "final", _("已确定")
    SUPERSEDED = "superseded", _("已被替代")


class NoticeState(TextChoices):
    DRAFT = "draft", _("草拟中")
    OPEN = "open", _("公示中")
    CLOSED = "closed", _("公示期满")
    SUPERSEDED = "superseded", _("已更新")


class ObjectionState(TextChoices):
    RECEIVED = "received", _("已收到")
    IN_HANDLING = "in_handling", _("核查中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")
    WITHDRAWN = "withdrawn", _("已撤回")


class AwardState(TextChoices):
    VALID = "valid", _("有效")
    REVOKED = "revoked", _("已撤销")


class CertificateState(TextChoices):
    PENDING = "pending", _("制作中")
    ISSUED = "issued", _("有效")
    CORRECTED = "corrected", _("已更正")
    REVOKED = "revoked", _("已撤销")


class HonourKind(TextChoices):
    """What happens to an honour; each is a dated row that stays."""

    GRANTED = "granted", _("授予")
    CHECK_PASSED = "check_passed", _("年度检查合格")
    CHECK_FAILED = "check_failed", _("年度检查不合格")
    WARNED = "warned", _("警示")
    RECTIFY = "rectify", _("限期整改")
    RECTIFIED = "rectified", _("整改验收通过")
    DOWNGRADED = "downgraded", _("降级")
    PROMOTED = "promoted", _("晋级")
    RENEWED = "renewed", _("复评延续")
    PASSED_ON = "passed_on", _("随学校变更承接")
    REVOKED = "revoked", _("撤销")


class HonourState(TextChoices):
    VALID = "valid", _("有效")
    FAILED = "failed", _("年度检查不合格")
    WARNED = "warned", _("警示中")
    RECTIFYING = "rectifying", _("整改中")
    EXPIRED = "expired", _("已过有效期")
    UNSETTLED = "unsettled", _("原单位已变更，承接待定")
    REVOKED = "revoked", _("已撤销")


class PlaqueState(TextChoices):
    MADE = "made", _("已制作")
    HANDED = "handed", _("已授牌")
    RETURNED = "returned", _("已收回")


class PictureKind(TextChoices):
    """What is laid over a certificate."""

    SEAL = "seal", _("印章")
    SIGNATURE = "signature", _("签名")


class PictureState(TextChoices):
    WAITING = "waiting", _("待批准")
    APPROVED = "approved", _("可以使用")
    ENDED = "ended", _("已停用")


class PartnershipState(TextChoices):
    ASKED = "asked", _("待合作单位确认")
    CONFIRMED = "confirmed", _("合作单位已确认")
    DECLINED = "declined", _("合作单位未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class ReportState(TextChoices):
    DUE = "due", _("待填报")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("退回修改")
    ACCEPTED = "accepted", _("已通过")
    WAIVED = "waived", _("不再需要")


class CheckResult(TextChoices):
    GOOD = "good", _("符合要求")
    MINOR = "minor", _("有小问题，已当场指出")
    BAD = "bad", _("不符合要求")


class MemberState(TextChoices):
    INVITED = "invited", _("待本人答复")
    JOINED = "joined", _("成员")
    DECLINED = "declined", _("未加入")
    LEFT = "left", _("已离开")


class HolderKind(TextChoices):
    TEAM = "team", _("参赛者")
    ADVISER = "adviser", _("指导教师")


class CaseTagKind(TextChoices):
    GRADE = "grade", _("年级")
    SUBJECT = "subject", _("学科")


class VettingResult(TextChoices):
    """教职员工准入查询: whether the record of offences and teaching bans is empty. Nothing else of it is kept."""

    CLEAR = "clear", _("未查到限制从业记录")
    BARRED = "barred", _("不得准入")


class TagKind(TextChoices):
    """What a member of a pool is found by."""

    FIELD = "fields", _("专业方向")
    LANGUAGE = "languages", _("授课语言")
    TIME = "times", _("可到校时间")
    AREA = "areas", _("可服务区域")


class VisitState(TextChoices):
    INVITED = "invited", _("待答复")
    ACCEPTED = "accepted", _("已约定")
    DECLINED = "declined", _("已婉拒")
    LAPSED = "lapsed", _("到期未答复")
    CANCELLED = "cancelled", _("已取消")
    DONE = "done", _("已到校")
    NO_SHOW = "no_show", _("未到校")
