"""To which organisation a row of a city's file belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions.rosters.registry import HOMES
from kechuang.orgs.enums import RosterKind
from kechuang.orgs.models import Org

SCHOOL_COLUMNS = ("学校标识码", "平台代码")
DISTRICT_COLUMNS = ("所属区", "平台代码")


class Homes:
    """The open organisations that may hold this kind of roster, by every code they are known by; read once."""

    def __init__(self, kind: str, default: str = "") -> None:
        self.is_for_schools = kind == RosterKind.SCHOOLS
        self.columns = DISTRICT_COLUMNS if self.is_for_schools else SCHOOL_COLUMNS
        self._known: dict[str, Org] = {}
        for org in Org.objects.current().filter(kind__in=HOMES[kind]):
            names = (org.name, org.short_name) if self.is_for_schools else ()
            self._known |= {code: org for code in (*names, org.school_code, org.code) if code}
        self.default = self._find(default) if default else None

    def of(self, row: Mapping[str, Any]) -> Org:
        """The organisation named in the row; else the one given with the command."""
        code = next((str(row[column]).strip() for column in self.columns if row.get(column)), "")
        if code:
            return self._find(code)
        if self.default is None:
            sentence = _("没有写明属于哪里：请填写“%(columns)s”中的一列，或在命令中用 --school 指定。")
            raise Refused(sentence % {"columns": "”“".join(self.columns)})
        return self.default

    def _find(self, code: str) -> Org:
        if code not in self._known:
            sentence = (
                _("平台上没有“%(code)s”这个区，请核对。")
                if self.is_for_schools
                else _("平台上没有代码为“%(code)s”的学校，请核对，或先导入学校名册。")
            )
            raise Refused(sentence % {"code": code})
        return self._known[code]
