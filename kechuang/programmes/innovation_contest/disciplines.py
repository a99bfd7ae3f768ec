"""Discipline codes of the contest (domain.md §2.4): 5 for primary, 13 for secondary schools, a versioned table per edition.

Aliases are what other tables call the same field, so that an import finds it (the categories of international fairs among them).
`near` names neighbouring disciplines: an expert of one may judge the other when nobody nearer is free.
"""

from kechuang.engine.programme.declaration import Discipline
from kechuang.engine.workflow.states import _

_PRIMARY = ("primary",)
_SECONDARY = ("junior", "senior")

DISCIPLINES = (
    Discipline("MS", _("物质科学"), "Physical Science", _PRIMARY, (), ("TD",)),
    Discipline("LS", _("生命科学"), "Life Science", _PRIMARY, (), ("ES1",)),
    Discipline("ES1", _("地球环境与宇宙科学"), "Earth and Space", _PRIMARY, ("地球与空间科学",), ("LS",)),
    Discipline("TD", _("技术"), "Technology and Design", _PRIMARY, ("技术与设计",), ("MS",)),
    Discipline("SO1", _("行为与社会科学"), "Behaviour and Society", _PRIMARY, (), ("LS",)),
    Discipline("MA", _("数学"), "Mathematics", _SECONDARY, (), ("CS", "PH")),
    Discipline("PH", _("物理与天文学"), "Physics and Astronomy", _SECONDARY, ("物理学",), ("MA", "EN", "EG")),
    Discipline("CH", _("化学"), "Chemistry", _SECONDARY, ("Materials Science", "材料科学"), ("BC", "EV", "EG")),
    Discipline("ZO", _("动物学"), "Zoology", _SECONDARY, ("Animal Sciences",), ("BO", "MI", "BM")),
    Discipline("BO", _("植物学"), "Botany", _SECONDARY, ("Plant Sciences",), ("ZO", "MI", "BC")),
    Discipline("MI", _("微生物学"), "Microbiology", _SECONDARY, (), ("BC", "BM", "BO")),
    Discipline(
        "BC", _("生物化学与分子生物学"), "Biochemistry and Molecular Biology", _SECONDARY,
        ("Biochemistry", "Cellular and Molecular Biology", "生物化学"), ("MI", "BM", "CH"),
    ),
    Discipline(
        "BM", _("生物医学"), "Biomedicine", _SECONDARY,
        ("Biomedical and Health Sciences", "Biomedical Engineering", "Translational Medical Science", "医药与健康学"), ("BC", "MI", "ZO"),
    ),
    Discipline(
        "EV", _("环境科学与工程"), "Environmental Science and Engineering", _SECONDARY,
        ("Earth and Environmental Sciences", "Environmental Engineering", "环境科学", "地球与空间科学"), ("CH", "EG", "BO"),
    ),
    Discipline(
        "CS", _("计算机科学与信息技术"), "Computer Science", _SECONDARY,
        ("Systems Software", "Computational Biology and Bioinformatics", "计算机科学"), ("MA", "EN"),
    ),
    Discipline(
        "EN", _("工程学"), "Engineering", _SECONDARY,
        ("Engineering Mechanics", "Embedded Systems", "Robotics and Intelligent Machines"), ("PH", "CS", "EG"),
    ),
    Discipline("EG", _("能源"), "Energy", _SECONDARY, ("Energy: Chemical", "Energy: Physical", "能源化学", "能源物理"), ("PH", "CH", "EN")),
    Discipline("SO", _("行为和社会科学"), "Behavioural and Social Sciences", _SECONDARY, ("Behavioral and Social Sciences",), ("MA", "BM")),
)  # fmt: skip
