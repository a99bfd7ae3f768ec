"""Sentences as a code with parameters: the pages translate the code, a spreadsheet user reads the Chinese text."""

from dataclasses import dataclass, field
from typing import Any

TEXTS: dict[str, str] = {
    "assign.entry_short": "作品 {entry} 还缺 {missing} 位评审专家：可评且不回避的专家 {eligible} 位，需要 {demand} 位。",
    "assign.entry_short_full": "作品 {entry} 还缺 {missing} 位评审专家：可评的 {eligible} 位专家任务已满，请增加专家或提高每人上限。",
    "assign.tight": "{entries} 件作品（{names}）合计需要 {demand} 次评审，能评它们的 {experts} 位专家最多只有 {capacity} 次，缺 {missing} 次；再请 {more} 位能评这些作品的专家，或把这些专家的上限各提高 {raise_by} 件，就够了。",
    "assign.too_few_experts": "{entries} 件作品（{names}）可评且不回避的专家不够 {demand} 位，共缺 {missing} 次：提高上限没有用，需要再请能评这些作品且无回避关系的专家。",
    "assign.expert_short": "专家 {expert} 的最低评审量还差 {missing} 项：可评作品只有 {eligible} 项，请把最低评审量降到 {possible} 项。",
    "assign.expert_short_taken": "专家 {expert} 的最低评审量还差 {missing} 项：可评作品的名额已由他人占用，请降低最低评审量。",
    "assign.capacity_short": "专家总容量 {capacity} 少于需要的评审总数 {demand}，至少还缺 {missing} 次；请增加专家或提高每人上限。",
    "assign.minimum_above_demand": "专家最低评审量合计 {minimum} 多于需要的评审总数 {demand}，不可能全部满足。",
    "assign.coverage_short": "作品 {entry} 的专家组成不满足要求：第 {group} 类专家还缺 {missing} 位。",
    "rank.auto_mean_full": "每位评委都评了全部作品，评委宽严对各作品影响相同，直接取平均分。",
    "rank.auto_mean_single": "每件作品只有一份评分或评委之间没有共同作品，无法区分评委宽严，直接取平均分。",
    "rank.auto_mean_even": "评委之间的宽严差异没有超出偶然的范围（证据 {evidence:.1f}），直接取平均分，不作校正。",
    "rank.auto_mixed": "评委有宽有严（宽严的差别约为作品差别的 {judge_share:.0%}），各作品遇到的评委又不同：遇到严的评委不应吃亏，因此按每位评委的宽严校正后排名。",
    "rank.auto_gain": "有的评委分数拉得开，有的压得紧（证据 {evidence:.1f}）：同样的差距在不同评委笔下分量不同，因此宽严之外也校正拉开的程度。",
    "rank.auto_no_gain": "评委拉开分数的程度相差不大（证据 {evidence:.1f}），只校正宽严。",
    "rank.auto_criteria": "评委在不同评分项上宽严不一，分项校正能更准确地预测未参与计算的评分，因此按分项校正后相加。",
    "rank.chosen": "按章程规定使用“{method}”方法。",
    "rank.warn_zscore": "标准分（z-score）会把评委分到的作品好坏当成评委宽严抹掉；在公开数据上它比直接平均更差，仅在章程要求时使用。",
    "rank.warn_trimmed": "去掉最高最低分会丢掉少量评分中的大部分信息；评分不足 {needed} 份的作品按直接平均计算。",
    "rank.one_component": "全部作品由共同的评委联系在一起，名次可以相互比较。",
    "rank.components": "评审分成 {count} 个互不相连的小组：跨组名次只建立在“各组作品和评委的平均水平相同”这一假设上，没有共同评委或共同作品作证。",
    "rank.lonely_entries": "{count} 件作品只有一份评分，名次很不确定。",
    "rank.lonely_judges": "{count} 位评委只评了一件作品，无法判断其宽严。",
    "rank.no_scores": "{count} 件作品没有有效评分，未参加排名。",
    "rank.too_few": "评分太少，无法估计评委宽严，直接取平均分。",
    "rank.severe_judge": "评委 {judge} 明显偏{direction}：比平均水平{sign}{amount:.2f} 分（标准误 {error:.2f}）。",
    "spend.settled": "每件作品的奖项都有九成以上的把握，不需要增加评审。",
    "spend.nobody": "{n} 件作品处在奖项边界上（把握不足九成），但没有可以增派的专家。",
    "spend.offer": "{n} 件作品处在奖项边界上、把握不足九成（{where}）；增加 {reviews} 份评审，预计能使其中 {settled} 件明确下来。",
    "agreement.good": "评委的意见相当一致：各作品得分的差别中约 {share:.0%} 来自作品本身。",
    "agreement.fair": "评委的意见大体一致：各作品得分的差别中约 {share:.0%} 来自作品本身，边界上的名次要看区间。",
    "agreement.poor": "评委的意见分歧较大：各作品得分的差别中只有约 {share:.0%} 来自作品本身，请慎重对待相邻名次。",
    "agreement.unknown": "评分太少，无法判断评委之间是否一致。",
    "calibration.even": "您在 {scores} 件样本作品上的宽严与其他评委相近，请照此评分。",
    "calibration.generous": "您在 {scores} 件样本作品上比其他评委平均高 {amount:.1f} 分。不必刻意压分，请对照评分标准再看一遍各档的说明。",
    "calibration.severe": "您在 {scores} 件样本作品上比其他评委平均低 {amount:.1f} 分。不必刻意加分，请对照评分标准再看一遍各档的说明。",
    "alarm.spread": "作品 {entry} 的评分相差 {spread:g} 分，超过 {threshold:g} 分，建议增加一位专家。",
    "alarm.nobody": "作品 {entry} 的评分相差 {spread:g} 分，超过 {threshold:g} 分，但没有可以增加的专家。",
    "conflict.self": "专家本人就是该作品的参赛成员。",
    "conflict.adviser": "专家是该作品的指导教师。",
    "conflict.relative": "专家与该作品的成员或指导教师有亲属关系。",
    "conflict.declared": "已申报回避。",
    "conflict.same_school": "专家任职于该作品所在学校。",
    "conflict.past_school": "专家三年内曾在该作品所在学校任职。",
    "conflict.same_group": "专家任职于该作品学校所在的教育集团。",
    "conflict.same_district": "专家任职于该作品所在区，本轮评审要求回避。",
    "conflict.co_adviser": "专家与该作品的指导教师共同指导过其他作品。",
    "conflict.co_course": "专家或其任职单位与该作品的学校共同开发课程。",
    "conflict.sponsor": "专家任职的单位资助或培训该作品或其学校。",
    "prizes.tie_shared": "第 {rank} 名有 {count} 件作品并列，按公布的并列规则并列同一名次。",
    "prizes.tie_over": "{tier}边界上有 {count} 件作品并列，名额只够其中一部分，按规则整组{outcome}。",
    "prizes.cap": "获奖上限为 {cap} 件（{entries} 件作品的 {share:.0%}，向下取整）。",
    "timetable.unplaced": "作品 {entry} 排不进：{why}。",
    "timetable.same_school": "同校作品 {first} 与 {second} 在同一场地相邻答辩。",
    "timetable.far_early": "远区作品 {entry} 被排在早于 {slot} 的时段。",
    "timetable.lunch": "评审组 {panel} 在 {day} 没有午休时段。",
}


@dataclass(frozen=True)
class Message:
    """What to tell, as a code and its parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return TEXTS[self.code].format(**{name: _in_words(value) for name, value in self.params.items()})

    def __str__(self) -> str:
        return self.text


def _in_words(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, tuple) else value


def say(code: str, **params: Any) -> Message:
    return Message(code, params)
