from kechuang.orgs.actions.rosters.kinds import Kind
from kechuang.orgs.actions.rosters.pupils import Pupils
from kechuang.orgs.actions.rosters.schools import Schools
from kechuang.orgs.actions.rosters.teachers import Teachers
from kechuang.orgs.enums import OrgKind, RosterKind

KINDS: dict[str, Kind] = {
    RosterKind.PUPILS: Pupils(),
    RosterKind.TEACHERS: Teachers(),
    RosterKind.SCHOOLS: Schools(),
}
HOMES: dict[str, tuple[str, ...]] = {
    RosterKind.PUPILS: (OrgKind.SCHOOL, OrgKind.CAMPUS),
    RosterKind.TEACHERS: (OrgKind.SCHOOL, OrgKind.CAMPUS),
    RosterKind.SCHOOLS: (OrgKind.DISTRICT,),
}
