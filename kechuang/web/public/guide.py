"""The help pages: one per audience, short and true. What a page says here is what the platform does."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kechuang.base.searching import search_text, search_words
from kechuang.engine.showcase import rules

Text = str | Promise


@dataclass(frozen=True)
class Topic:
    question: Text
    answer: tuple[Text, ...]


@dataclass(frozen=True)
class Guide:
    page: str
    title: Text
    summary: Text
    icon: str
    steps: tuple[Text, ...]
    topics: tuple[Topic, ...]


def _topic(question: Text, *answer: Text) -> Topic:
    return Topic(question, answer)


PUPIL = Guide(
    "pupil", _("学生"), _("怎样报名、填写、提交，提交以后会发生什么。"), "rocket",
    (
        _("用学校发给你的代码和数字口令登录，不需要手机号和邮箱。"),
        _("在“申报通知”里选正在申报的通知，点“开始申报”，填写作品、上传材料。边写边保存。"),
        _("请队友、指导教师和家长在平台上确认，签好原创、人工智能使用和伦理承诺。"),
        _("检查后提交，拿到受理编号。之后在“我的申报”里看每一步到了哪里、在谁手上。"),
    ),
    (
        _topic(_("忘记口令怎么办？"), _("请班主任或学校管理员重置，会给你一张新的口令条。旧口令马上失效。")),
        _topic(_("写到一半断网了，内容会丢吗？"), _("不会。没传上去的内容留在这台设备里，连上网后自动补存；上传到一半的文件可以接着传。")),
        _topic(_("提交以后还能改吗？"), _("请学校退回修改，改好再提交。撤回会结束这份申报，截止前可以另开一份。截止时间以服务器时间为准。")),
        _topic(_("要交钱吗？"), _("不用。报名、评审、证书都不收费，任何人以此收费都可以举报。")),
        _topic(_("获奖能加分升学吗？"), _("不能。获奖结果不作为中小学招生入学依据。")),
    ),
)  # fmt: skip

GUARDIAN = Guide(
    "guardian", _("家长（监护人）"), _("怎样绑定孩子，哪些事要您同意，怎样撤回。"), "heart",
    (
        _("向学校领取监护人注册码，注册并绑定孩子。"),
        _("在“我的孩子”里阅读同意书的六项内容，逐项选择同意或不同意。"),
        _("不满 14 周岁的，由您决定；14 周岁以上的，由孩子本人决定，平台会告知您。"),
        _("随时可以查看申报进度，随时可以撤回同意。"),
    ),
    (
        _topic(_("可以只同意一部分吗？"), _("可以。报名参赛、公示姓名、作品展示、照片和视频分别征求同意。不同意公示姓名的，名单上只写“参赛学生”。")),
        _topic(_("撤回同意后会怎样？"), _("撤回作品展示的同意，作品马上从展示页面下架；撤回照片和视频的同意，图片和视频马上移除。撤回不影响之前已经完成的评审。")),
        _topic(_("孩子的信息谁能看到？"), _("参与办理的学校、区、市工作人员按职责查看，证件号码加密保存，每次查看都有记录。对外公开时姓名遮盖。")),
    ),
)  # fmt: skip

TEACHER = Guide(
    "teacher", _("指导教师"), _("怎样带学生申报，哪些地方要您确认。"), "presentation",
    (
        _("用学校开通的账号登录，首次登录请修改密码。"),
        _("可以替学生团队开始申报，也可以由学生开始后把您加为指导教师。"),
        _("核对“成人提供了哪些帮助”等内容，如实写明您的指导。"),
        _("在“指导的申报”里查看每件作品到了哪一步。"),
    ),
    (
        _topic(_("一件作品可以有几位指导教师？"), _("由每次申报通知规定，通常不超过 2 位。")),
        _topic(_("评审时能看到我的名字吗？"), _("匿名评审的轮次里，姓名、学校和材料中的相关内容都不显示。请提醒学生不要在研究报告里写姓名和学校。")),
    ),
)  # fmt: skip

SCHOOL = Guide(
    "school", _("学校"), _("名册、账号、审核报送。"), "school",
    (
        _("下载名册模板，填写后上传；平台逐行检查，合格的先导入，有问题的行带着原因发还给您。"),
        _("打印学生代码和口令条、监护人注册码。"),
        _("在截止时间前审核本校作品：同意报送，或写明理由退回修改。"),
        _("公示期间关注异议，获奖后下载证书。"),
    ),
    (
        _topic(_("学生转学了怎么办？"), _("请区级管理员在转入学校的名册中更新，原来的任职和申报记录不会丢失。")),
        _topic(_("学生忘记口令？"), _("在“人员”里重置口令，新口令只显示一次。连续输错 5 次会锁定 15 分钟，时间到后自动解锁。")),
        _topic(_("同名学生会混淆吗？"), _("不会。平台以学籍号和证件号码的加密索引区分，不以姓名区分。")),
    ),
)  # fmt: skip

DISTRICT = Guide(
    "district", _("区级"), _("在名额内择优推荐，未推荐的留有记录。"), "building-community",
    (
        _("在“申报”里查看本区各校报送的作品，可按组别筛选，也可导出表格处理后导回。"),
        _("在名额内推荐；名额和已用数始终显示。"),
        _("没有推荐的写明情况，名单保留备查。"),
        _("本区自办的活动，可以发布区级申报通知，流程相同。"),
    ),
    (
        _topic(_("名额不够怎么办？"), _("名额由市级设定，调整请联系市级管理员。超过名额时平台不会放行。")),
        _topic(_("推荐以后发现问题？"), _("在推荐截止、市级资格审查之前可以撤销推荐；每一步都留有记录。")),
    ),
)  # fmt: skip

CITY = Guide(
    "city", _("市级"), _("从发布通知到颁发证书的全过程。"), "building-bank",
    (
        _("由项目默认设置生成申报通知，填写批准文号和各步骤时间，预览后发布。发布后内容冻结。"),
        _("资格审查，分配专家，看评审进度，分歧大的加派专家。"),
        _("排序、试算、确定结果；公示满规定的工作日，异议由没有参与原决定的人员复核。"),
        _("公示期满后授奖，证书在后台批量制作；经同意的作品进入成果展示。"),
    ),
    (
        _topic(_("没有批准文号能发布吗？"), _("不能。面向中小学生的竞赛须先取得批准，平台没有收费字段，证书必须写明文号和“不作为中小学招生入学依据”。")),
        _topic(_("公示的工作日怎么算？"), _("按平台里的节假日表计算。某一年的表没有录入时，平台会说明缺哪一年，不会猜。")),
        _topic(_("证书写错了怎么办？"), _("更正证书：旧证书在核验页显示“已更正”，新证书换新编号。撤销奖项后，核验页马上显示“已撤销”。")),
    ),
)  # fmt: skip

EXPERT = Guide(
    "expert", _("评审专家"), _("接受任务、回避、评分。"), "microscope",
    (
        _("登录后在“评审”里看到分配给您的作品和截止时间。"),
        _("发现利害关系请立即申请回避，作品会转给其他专家。"),
        _("左边看材料，右边打分；每项有评分参照，随时保存草稿。"),
        _("提交后分数锁定；需要更改请联系组织人员。"),
    ),
    (
        _topic(_("我能看到作者是谁吗？"), _("匿名轮次不能。如果从材料里认出作者，请申请回避。")),
        _topic(_("其他专家能看到我的评分吗？"), _("评审期间不能。分歧过大时会加派专家，最后的计算过程可以复核。")),
    ),
)  # fmt: skip

EVERYBODY = Guide(
    "public", _("公众"), _("查看公示、提出异议、核验证书、看作品。"), "world",
    (
        _("在“公示公告”里查看正在公示的名单，姓名已遮盖。"),
        _("认为结果有问题，可以在公示期内实名提出异议，提交后得到受理号和查询码。"),
        _("扫描证书上的二维码，或输入编号、核验码，或选择证书的 PDF 文件，核验真伪。"),
        _("在“成果展示”里浏览获奖作品。"),
    ),
    (
        _topic(_("为什么异议要实名？"), _("实名是为了能够核实和答复。您的身份信息加密保存，仅经办人可见，不会告知被反映人。")),
        _topic(_("多久有答复？"), _("每次申报通知规定了答复的工作日数，提交后回执上会写明最迟答复日期。用查询码可以随时看进度。")),
        _topic(_("核验显示“查不到”是什么意思？"), _("说明本平台没有签发过这个编号的证书，或者编号输入有误。请先核对字母和数字。")),
    ),
)  # fmt: skip

GUIDES = {guide.page: guide for guide in (PUPIL, GUARDIAN, TEACHER, SCHOOL, DISTRICT, CITY, EXPERT, EVERYBODY)}


@dataclass(frozen=True)
class Answer:
    """A question of some audience's page that holds the words that were looked for."""

    guide: Guide
    number: int
    topic: Topic


def answers(text: str) -> list[Answer]:
    """The questions that hold every word of `text`, or where none does, the ones nearest to it."""
    rows = [
        Answer(guide, number, topic)
        for guide in GUIDES.values()
        for number, topic in enumerate(guide.topics, 1)
    ]  # fmt: skip
    words, grams = search_words(text), rules.grams(text)
    said = {
        row: search_text([str(row.topic.question), *map(str, row.topic.answer), str(row.guide.title)]) for row in rows
    }
    exact = [row for row in rows if words and all(word in said[row] for word in words)]
    if exact or not grams:
        return exact
    near = [(sum(gram in said[row] for gram in grams), row) for row in rows]
    return [row for count, row in sorted(near, key=lambda found: -found[0]) if count >= rules.enough(len(grams))][:6]
