"""Sentences as a code with parameters: the platform translates the code, a spreadsheet user reads the Chinese text.

A parameter may be a number, a name (data, never translated), another message, or a tuple of names or messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def mark(text: str) -> str:
    """Marks a sentence for the catalogue of translations."""
    return text


TEXTS: dict[str, str] = {
    "assign.entry_short": mark(
        "作品 {entry} 还缺 {missing} 位评审专家：可评且不回避的专家 {eligible} 位，需要 {demand} 位。"
    ),
    "assign.entry_short_full": mark(
        "作品 {entry} 还缺 {missing} 位评审专家：可评的 {eligible} 位专家任务已满，请增加专家或提高每人上限。"
    ),
    "assign.tight": mark(
        "{entries} 件作品（{names}）合计需要 {demand} 次评审，能评它们的 {experts} 位专家最多只有 {capacity} 次，缺 {missing} 次；再请 {more} 位能评这些作品的专家，或把这些专家的上限各提高 {raise_by} 件，就够了。"
    ),
    "assign.too_few_experts": mark(
        "{entries} 件作品（{names}）可评且不回避的专家不够 {demand} 位，共缺 {missing} 次：提高上限没有用，需要再请能评这些作品且无回避关系的专家。"
    ),
    "assign.expert_short": mark(
        "专家 {expert} 的最低评审量还差 {missing} 项：可评作品只有 {eligible} 项，请把最低评审量降到 {possible} 项。"
    ),
    "assign.expert_short_taken": mark(
        "专家 {expert} 的最低评审量还差 {missing} 项：可评作品的名额已由他人占用，请降低最低评审量。"
    ),
    "assign.capacity_short": mark(
        "专家总容量 {capacity} 少于需要的评审总数 {demand}，至少还缺 {missing} 次；请增加专家或提高每人上限。"
    ),
    "assign.minimum_above_demand": mark("专家最低评审量合计 {minimum} 多于需要的评审总数 {demand}，不可能全部满足。"),
    "assign.coverage_short": mark("作品 {entry} 的专家组成不满足要求：第 {group} 类专家还缺 {missing} 位。"),
    "rank.auto_mean_full": mark("每位评委都评了全部作品，评委宽严对各作品影响相同，直接取平均分。"),
    "rank.auto_mean_single": mark("每件作品只有一份评分或评委之间没有共同作品，无法区分评委宽严，直接取平均分。"),
    "rank.auto_mean_even": mark(
        "评委之间的宽严差异没有超出偶然的范围（证据 {evidence:.1f}），直接取平均分，不作校正。"
    ),
    "rank.auto_mixed": mark(
        "评委有宽有严（宽严的差别约为作品差别的 {judge_share:.0%}），各作品遇到的评委又不同：遇到严的评委不应吃亏，因此按每位评委的宽严校正后排名。"
    ),
    "rank.auto_gain": mark(
        "有的评委分数拉得开，有的压得紧（证据 {evidence:.1f}）：同样的差距在不同评委笔下分量不同，因此宽严之外也校正拉开的程度。"
    ),
    "rank.auto_no_gain": mark("评委拉开分数的程度相差不大（证据 {evidence:.1f}），只校正宽严。"),
    "rank.auto_criteria": mark(
        "评委在不同评分项上宽严不一，分项校正能更准确地预测未参与计算的评分，因此按分项校正后相加。"
    ),
    "rank.chosen": mark("按章程规定使用“{method}”方法。"),
    "method.mean": mark("平均分"),
    "method.median": mark("中位数"),
    "method.trimmed": mark("去掉最高最低分后平均"),
    "method.zscore": mark("标准分"),
    "method.additive": mark("校正宽严（加法模型）"),
    "method.mixed": mark("校正宽严（混合模型）"),
    "rank.warn_zscore": mark(
        "标准分（z-score）会把评委分到的作品好坏当成评委宽严抹掉；在公开数据上它比直接平均更差，仅在章程要求时使用。"
    ),
    "rank.warn_trimmed": mark("去掉最高最低分会丢掉少量评分中的大部分信息；评分不足 {needed} 份的作品按直接平均计算。"),
    "rank.one_component": mark("全部作品由共同的评委联系在一起，名次可以相互比较。"),
    "rank.components": mark(
        "评审分成 {count} 个互不相连的小组：跨组名次只建立在“各组作品和评委的平均水平相同”这一假设上，没有共同评委或共同作品作证。"
    ),
    "rank.lonely_entries": mark("{count} 件作品只有一份评分，名次很不确定。"),
    "rank.lonely_judges": mark("{count} 位评委只评了一件作品，无法判断其宽严。"),
    "rank.no_scores": mark("{count} 件作品没有有效评分，未参加排名。"),
    "rank.too_few": mark("评分太少，无法估计评委宽严，直接取平均分。"),
    "rank.severe_judge": mark("评委 {judge} 明显偏严：比平均水平低 {amount:.2f} 分（标准误 {error:.2f}）。"),
    "rank.generous_judge": mark("评委 {judge} 明显偏宽：比平均水平高 {amount:.2f} 分（标准误 {error:.2f}）。"),
    "spend.settled": mark("每件作品的奖项都有九成以上的把握，不需要增加评审。"),
    "spend.nobody": mark("{n} 件作品处在奖项边界上（把握不足九成），但没有可以增派的专家。"),
    "spend.where": mark("{tier} {n} 件"),
    "spend.offer": mark(
        "{n} 件作品处在奖项边界上、把握不足九成（{where}）；增加 {reviews} 份评审，预计能使其中 {settled} 件明确下来。"
    ),
    "agreement.good": mark("评委的意见相当一致：各作品得分的差别中约 {share:.0%} 来自作品本身。"),
    "agreement.fair": mark("评委的意见大体一致：各作品得分的差别中约 {share:.0%} 来自作品本身，边界上的名次要看区间。"),
    "agreement.poor": mark(
        "评委的意见分歧较大：各作品得分的差别中只有约 {share:.0%} 来自作品本身，请慎重对待相邻名次。"
    ),
    "agreement.unknown": mark("评分太少，无法判断评委之间是否一致。"),
    "calibration.even": mark("您在 {scores} 件试评作品上的宽严与其他评委相近，请照此评分。"),
    "calibration.generous": mark(
        "您在 {scores} 件试评作品上比其他评委平均高 {amount:.1f} 分。不必刻意压分，请对照评分标准再看一遍各档的说明。"
    ),
    "calibration.severe": mark(
        "您在 {scores} 件试评作品上比其他评委平均低 {amount:.1f} 分。不必刻意加分，请对照评分标准再看一遍各档的说明。"
    ),
    "alarm.spread": mark("作品 {entry} 的评分相差 {spread:g} 分，超过 {threshold:g} 分，建议增加一位专家。"),
    "alarm.nobody": mark("作品 {entry} 的评分相差 {spread:g} 分，超过 {threshold:g} 分，但没有可以增加的专家。"),
    "conflict.self": mark("专家本人就是该作品的参赛成员。"),
    "conflict.adviser": mark("专家是该作品的指导教师。"),
    "conflict.relative": mark("专家与该作品的成员或指导教师有亲属关系。"),
    "conflict.declared": mark("已申报回避。"),
    "conflict.same_school": mark("专家任职于该作品所在学校。"),
    "conflict.past_school": mark("专家三年内曾在该作品所在学校任职。"),
    "conflict.same_group": mark("专家任职于该作品学校所在的教育集团。"),
    "conflict.same_district": mark("专家任职于该作品所在区，本轮评审要求回避。"),
    "conflict.co_adviser": mark("专家与该作品的指导教师共同指导过其他作品。"),
    "conflict.co_course": mark("专家或其任职单位与该作品的学校共同开发课程。"),
    "conflict.sponsor": mark("专家任职的单位资助或培训该作品或其学校。"),
    "prizes.tie_shared": mark("第 {rank} 名有 {count} 件作品并列，按公布的并列规则并列同一名次。"),
    "prizes.tie_over_none": mark("{tier}边界上有 {count} 件作品并列，名额只够其中一部分，按规则整组不获奖。"),
    "prizes.tie_over_to": mark("{tier}边界上有 {count} 件作品并列，名额只够其中一部分，按规则整组列为{outcome}。"),
    "prizes.cap": mark("获奖上限为 {cap} 件（{entries} 件作品的 {share:.0%}，向下取整）。"),
    "timetable.conflict": mark("作品 {entry} 排不进：评审组都需要回避它或不负责它。"),
    "timetable.entry_away": mark("作品 {entry} 排不进：它的成员在各时段都不能到场。"),
    "timetable.panel_away": mark("作品 {entry} 排不进：评审组在这些时段不开会或没有开放的场地。"),
    "timetable.taken": mark("作品 {entry} 排不进：评审组在这些时段已有作品。"),
    "timetable.person_busy": mark("作品 {entry} 排不进：有成员同一时段在另一件作品答辩。"),
    "timetable.judge_busy": mark("作品 {entry} 排不进：有评委同一时段在另一个评审组。"),
    "timetable.no_room": mark("作品 {entry} 排不进：这些时段的场地已满。"),
    "timetable.full": mark("作品 {entry} 排不进：没有空闲的时段。"),
    "timetable.most": mark(
        "在这些时段、场地和回避关系下，已证明最多只能排 {placeable} 件（共 {entries} 件）；请增加时段、场地或评审组。"
    ),
    "timetable.same_school": mark("同校作品 {first} 与 {second} 在同一场地相邻答辩。"),
    "timetable.far_early": mark("路远的作品 {entry} 被排在较早的时段 {slot}。"),
    "timetable.lunch": mark("评审组 {panel} 在 {day} 没有午休时段。"),
}


@dataclass(frozen=True)
class Message:
    """What to tell, as a code and its parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Chinese sentence."""
        return self.said()

    def said(self, translate: Callable[[str], str] = str, names: Mapping[Any, str] | None = None) -> str:
        """The sentence in the language that `translate` gives its template in; `names` replaces parameters by what they are called."""
        return translate(TEXTS[self.code]).format(
            **{name: self._in_words(value, translate, names or {}) for name, value in self.params.items()}
        )

    @staticmethod
    def _in_words(value: Any, translate: Callable[[str], str], names: Mapping[Any, str]) -> Any:
        if isinstance(value, tuple):
            return translate(LIST).join(str(Message._in_words(one, translate, names)) for one in value)
        if isinstance(value, Message):
            return value.said(translate, names)
        return names.get(value, value)

    def __str__(self) -> str:
        return self.text

    def as_dict(self, *, text: bool = True) -> dict[str, Any]:
        """Plain form: code, parameters and, if asked, the Chinese sentence (which a later edition may word otherwise)."""
        found = {"code": self.code, "params": {name: _plain(value) for name, value in self.params.items()}}
        return {**found, "text": self.text} if text else found

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Message":
        """The message that `as_dict` wrote, also after a journey through JSON."""
        return cls(stored["code"], {name: _unplain(value) for name, value in stored["params"].items()})


LIST = mark("、")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.as_dict(text=False) if isinstance(value, Message) else value


def _unplain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_unplain(one) for one in value)
    return Message.read(value) if isinstance(value, Mapping) else value


def say(code: str, **params: Any) -> Message:
    return Message(code, params)
