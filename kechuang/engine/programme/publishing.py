"""What a programme declares of publication and comparison: licences, the catalogue, what texts are compared."""

from dataclasses import dataclass

from kechuang.engine.workflow.states import _


@dataclass(frozen=True)
class Licence:
    """A way in which others may use what is published. `staff_only`: its materials are for signed-in staff of the city's schools."""

    code: str
    name: str
    name_en: str
    words: str = ""
    url: str = ""
    staff_only: bool = False


CC_BY = Licence("cc_by", _("知识共享 署名 4.0（CC BY 4.0）"), "CC BY 4.0", _("任何人可以使用、改编和传播，须注明作者。"),
                "https://creativecommons.org/licenses/by/4.0/deed.zh-hans")  # fmt: skip
CC_BY_NC = Licence("cc_by_nc", _("知识共享 署名-非商业性使用 4.0（CC BY-NC 4.0）"), "CC BY-NC 4.0", _("可以使用和改编，须注明作者，不得用于商业目的。"),
                   "https://creativecommons.org/licenses/by-nc/4.0/deed.zh-hans")  # fmt: skip
CITY_ONLY = Licence("city_only", _("仅限本市学校使用"), "For schools of this city only", _("介绍公开；材料由本市学校教师登录后下载，用于本校教学。"),
                    staff_only=True)  # fmt: skip


@dataclass(frozen=True)
class CataloguePlan:
    """Awarded entries become pages that teachers use: which answers stand on the page, what is downloaded, on which licence.

    `licence` is the choice question whose choices are the names of `licences`; `pledge` the declaration by which the author
    agrees to publication. `grades` and `subjects` are choices questions to filter by, `authors` a table of co-authors (name,
    school). `target` by `by`: how many the plan wants.
    """

    licences: tuple[Licence, ...]
    licence: str
    pledge: str
    page: tuple[str, ...]
    papers: tuple[str, ...] = ()
    pictures: str = ""
    grades: str = ""
    subjects: str = ""
    authors: str = ""
    target: int = 0
    by: str = ""


@dataclass(frozen=True)
class SimilarityPlan:
    """Entries are compared with each other and with earlier editions: texts of `questions` (none named: all long texts and
    papers). From `alarm_share` of the text found elsewhere on, offices and experts are told; nothing is decided by it."""

    questions: tuple[str, ...] = ()
    alarm_share: float = 0.3
