"""Sentences as a code with parameters: the pages translate the code, a spreadsheet user reads the Chinese text."""

from dataclasses import dataclass, field
from typing import Any

TEXTS: dict[str, str] = {
    "assign.entry_short": "作品 {entry} 还缺 {missing} 位评审专家：可评且不回避的专家 {eligible} 位，需要 {demand} 位。",
    "assign.entry_short_full": "作品 {entry} 还缺 {missing} 位评审专家：可评的 {eligible} 位专家任务已满，请增加专家或提高每人上限。",
    "assign.expert_short": "专家 {expert} 的最低评审量还差 {missing} 项：可评作品只有 {eligible} 项。",
    "assign.expert_short_taken": "专家 {expert} 的最低评审量还差 {missing} 项：可评作品的名额已由他人占用，请降低最低评审量。",
    "assign.capacity_short": "专家总容量 {capacity} 少于需要的评审总数 {demand}，至少还缺 {missing} 次；请增加专家或提高每人上限。",
    "assign.minimum_above_demand": "专家最低评审量合计 {minimum} 多于需要的评审总数 {demand}，不可能全部满足。",
    "assign.coverage_short": "作品 {entry} 的专家组成不满足要求：第 {group} 类专家还缺 {missing} 位。",
    "rank.auto_mean_full": "每位评委都评了全部作品，评委宽严对各作品影响相同，直接取平均分。",
    "rank.auto_mean_single": "每件作品只有一份评分或评委之间没有共同作品，无法区分评委宽严，直接取平均分。",
    "rank.auto_mixed": "评委宽严差异占作品差异的 {judge_share:.0%}，各作品评委不同，因此按混合模型校正宽严后排名。",
    "rank.auto_gain": "评委打分的拉开程度也不同（证据 {evidence:.1f}），因此同时校正宽严和拉开程度后排名。",
    "rank.auto_no_gain": "评委打分的拉开程度差异不足以校正（证据 {evidence:.1f}），只校正宽严。",
    "rank.auto_criteria": "分项得分与总分不一致之处有助于判断，已使用分项得分。",
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
    "conflict.sponsor": "专家任职的单位资助、培训或协作该作品或其学校。",
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
        return TEXTS[self.code].format(**self.params)

    def __str__(self) -> str:
        return self.text


def say(code: str, **params: Any) -> Message:
    return Message(code, params)
