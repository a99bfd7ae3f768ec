"""Who may do what. The table below is the only place where a role meets a permission."""

from collections.abc import Iterable
from datetime import date

from kechuang.orgs.enums import AnsweredAs, ConsentAnswer, OrgKind, Role, SchoolKind, Stage

_ENTRY = frozenset({"application.edit", "application.submit", "application.withdraw", "application.view"})
_CALL = frozenset(
    {
        "call.edit", "call.publish", "round.manage", "application.view", "application.screen", "application.decide",
        "notice.publish", "objection.handle", "objection.reconsider", "award.issue", "award.revoke", "showcase.curate",
        "report.view", "export.make", "person.view", "org.view", "org.edit", "membership.grant", "roster.upload",
        "honour.check", "seal.keep", "showcase.edit", "export.approve", "request.handle", "pupil.sign_in", "role.delegate", "person.look_as", "support.approve",
        "pool.search", "visit.view", "vetting.record",
    }
)  # fmt: skip

_HOST = frozenset({"pool.search", "visit.invite", "visit.view"})

GRANTS: dict[Role, frozenset[str]] = {
    Role.PUPIL: _ENTRY | {"consent.answer", "person.view"},
    Role.GUARDIAN: frozenset({"application.view", "consent.answer", "person.view"}),
    Role.TEACHER: _ENTRY | {"person.view", "org.view", "pupil.sign_in", "case.adopt"} | _HOST,
    Role.SCHOOL_OFFICER: _ENTRY
    | frozenset(
        { "application.endorse", "roster.upload", "pupil.sign_in", "person.view", "person.see_identifiers",
            "membership.grant", "org.view", "org.edit", "report.view", "export.make", "export.approve", "request.handle",
            "role.delegate", "person.look_as", "support.approve", "partnership.answer",
        }
    )
    | _HOST,
    Role.SCHOOL_TEAM_HEAD: _ENTRY
    | _HOST
    | frozenset(
        {
            "application.endorse", "person.view", "org.view", "report.view", "export.approve",
            "role.delegate", "partnership.answer",
        }
    ),
    Role.DISTRICT_OFFICER: _CALL | _ENTRY | {"application.recommend"},
    Role.CITY_OFFICER: _CALL
    | _ENTRY
    | {
        "application.recommend", "person.see_identifiers", "showcase.front", "holiday.edit", "job.view", "consent.edit", "privacy.oversee",
        "retention.manage", "pool.stop", "talent.search",
    },
    Role.EXPERT: frozenset({"review.score", "round.chair"}),
    Role.PARTNER_OFFICER: _ENTRY | {"org.view", "org.edit", "person.view", "membership.grant", "partnership.answer"},
    Role.ENGINEER: _ENTRY | {"visit.answer", "visit.view"},
    Role.INSPECTOR: frozenset({"application.view", "report.view", "org.view"}),
    Role.AUDITOR: frozenset({"audit.view", "org.view", "privacy.oversee"}),
    Role.SECURITY_ADMIN: frozenset({"membership.grant", "person.view", "org.view"}),
    Role.SYSTEM_ADMIN: frozenset({"system.operate", "job.view", "holiday.edit", "org.edit", "org.view", "support.ask"}),
}  # fmt: skip

PERSONAL: dict[Role, frozenset[str]] = {
    Role.PUPIL: GRANTS[Role.PUPIL],
    Role.GUARDIAN: GRANTS[Role.GUARDIAN],
    Role.TEACHER: _ENTRY | {"pupil.sign_in", "person.view", "case.adopt"} | _HOST,
    Role.ENGINEER: GRANTS[Role.ENGINEER],
    Role.EXPERT: GRANTS[Role.EXPERT],
}
"""Grants that reach only what is the actor's own (own entry, own child, own class, own assignment), never a whole school."""

BY_OFFICE: dict[str, frozenset[str]] = {
    role.value: granted - PERSONAL.get(role, frozenset()) for role, granted in GRANTS.items()
}
"""What a role grants over a whole organisation."""

BY_AUTHORITY: frozenset[str] = frozenset(
    {
        "round.manage", "application.screen", "application.decide", "notice.publish", "objection.handle",
        "objection.reconsider", "award.issue", "award.revoke", "showcase.curate",
    }
)  # fmt: skip
"""Acts of whoever runs the call: a district officer decides the district's own calls, not the city's entries of local schools."""

PERMISSIONS: frozenset[str] = frozenset().union(*GRANTS.values())

ADMINISTRATORS: frozenset[Role] = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
"""三员分离 (GB/T 22239-2019): no person holds two of them."""

OFFICES: frozenset[Role] = frozenset(
    {
        Role.SCHOOL_OFFICER, Role.SCHOOL_TEAM_HEAD, Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.PARTNER_OFFICER,
        Role.EXPERT, Role.INSPECTOR,
    }
)  # fmt: skip
"""Whoever keeps the platform, its rights or its ledger holds no office that decides in it: nobody decides and then erases the trace."""

DELEGABLE: frozenset[Role] = frozenset(
    {Role.SCHOOL_OFFICER, Role.SCHOOL_TEAM_HEAD, Role.DISTRICT_OFFICER, Role.CITY_OFFICER}
)
"""What an officer may hand to a colleague of the same organisation for a time; never an administrator's or an expert's role."""
DELEGATED_DAYS = 90

LOOKED_AS: frozenset[Role] = frozenset(
    {
        Role.TEACHER, Role.SCHOOL_OFFICER, Role.SCHOOL_TEAM_HEAD, Role.DISTRICT_OFFICER, Role.CITY_OFFICER,
        Role.PARTNER_OFFICER,
    }
)  # fmt: skip
"""Whose pages may be looked at as they see them: offices and teachers. Never a child's or a family's, an expert's or an administrator's."""
LOOK_MINUTES = (15, 30, 60, 120)

STAFF: frozenset[Role] = frozenset(Role) - {Role.PUPIL, Role.GUARDIAN}

_SCHOOL_ROLES = frozenset({Role.PUPIL, Role.GUARDIAN, Role.TEACHER, Role.SCHOOL_TEAM_HEAD})
GRANTABLE: dict[Role, frozenset[Role]] = {
    Role.SCHOOL_OFFICER: _SCHOOL_ROLES,
    Role.PARTNER_OFFICER: frozenset({Role.ENGINEER}),
    Role.DISTRICT_OFFICER: _SCHOOL_ROLES | {Role.SCHOOL_OFFICER, Role.EXPERT, Role.PARTNER_OFFICER, Role.ENGINEER},
    Role.CITY_OFFICER: _SCHOOL_ROLES
    | {
        Role.SCHOOL_OFFICER,
        Role.DISTRICT_OFFICER,
        Role.EXPERT,
        Role.PARTNER_OFFICER,
        Role.ENGINEER,
        Role.INSPECTOR,
    },
    Role.SECURITY_ADMIN: frozenset(Role) - {Role.PUPIL, Role.GUARDIAN},
}
"""Which roles the holder of a role may hand out, inside the own subtree and never to oneself."""

_SCHOOLS = frozenset({OrgKind.SCHOOL, OrgKind.CAMPUS})
_AUTHORITIES = frozenset({OrgKind.CITY, OrgKind.DISTRICT})
HOMES: dict[Role, frozenset[OrgKind]] = {
    Role.PUPIL: _SCHOOLS | {OrgKind.DELEGATION},
    Role.GUARDIAN: _SCHOOLS | {OrgKind.DELEGATION},
    Role.TEACHER: _SCHOOLS | {OrgKind.DELEGATION},
    Role.SCHOOL_OFFICER: _SCHOOLS | {OrgKind.GROUP, OrgKind.DELEGATION},
    Role.SCHOOL_TEAM_HEAD: _SCHOOLS,
    Role.DISTRICT_OFFICER: frozenset({OrgKind.DISTRICT}),
    Role.CITY_OFFICER: frozenset({OrgKind.CITY}),
    Role.EXPERT: _AUTHORITIES | {OrgKind.PARTNER, OrgKind.SCHOOL, OrgKind.CAMPUS},
    Role.PARTNER_OFFICER: frozenset({OrgKind.PARTNER}),
    Role.ENGINEER: frozenset({OrgKind.PARTNER}),
    Role.INSPECTOR: _AUTHORITIES,
    Role.AUDITOR: frozenset({OrgKind.CITY}),
    Role.SECURITY_ADMIN: frozenset({OrgKind.CITY}),
    Role.SYSTEM_ADMIN: frozenset({OrgKind.CITY}),
}
"""The kinds of organisation in which a role makes sense."""

PARENTS: dict[OrgKind, frozenset[OrgKind]] = {
    OrgKind.CITY: frozenset(),
    OrgKind.DISTRICT: frozenset({OrgKind.CITY}),
    OrgKind.GROUP: _AUTHORITIES,
    OrgKind.SCHOOL: _AUTHORITIES | {OrgKind.DELEGATION},
    OrgKind.CAMPUS: frozenset({OrgKind.SCHOOL}),
    OrgKind.PARTNER: _AUTHORITIES,
    OrgKind.DELEGATION: frozenset({OrgKind.CITY}),
}
"""Where a kind of organisation may hang. An education group stands beside its schools: `Org.group` points to it."""

_ALL = [Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR]
STAGES_OF_KIND: dict[SchoolKind, list[Stage]] = {
    SchoolKind.PRIMARY: [Stage.PRIMARY],
    SchoolKind.JUNIOR: [Stage.JUNIOR],
    SchoolKind.NINE_YEAR: [Stage.PRIMARY, Stage.JUNIOR],
    SchoolKind.COMPLETE: [Stage.JUNIOR, Stage.SENIOR],
    SchoolKind.SENIOR: [Stage.SENIOR],
    SchoolKind.TWELVE_YEAR: _ALL,
    SchoolKind.VOCATIONAL: [Stage.SENIOR],
    SchoolKind.SPECIAL: _ALL,
    SchoolKind.CORRECTIONAL: [Stage.JUNIOR, Stage.SENIOR],
}

CHILD_UNTIL = 14
"""儿童个人信息网络保护规定 art. 2; PIPL art. 31: under 14 the guardian consents."""
ADULT_FROM = 18


def may_be_looked_as(roles: Iterable[str]) -> bool:
    held = {Role(role) for role in roles}
    return bool(held) and held <= LOOKED_AS


def keep_apart(held: Iterable[str], role: str) -> Role | None:
    """The role among those held that cannot be held beside `role` by one person, if any (三员分离)."""
    for other in map(Role, held):
        if other == role:
            continue
        if (other in ADMINISTRATORS and role in ADMINISTRATORS | OFFICES) or (
            role in ADMINISTRATORS and other in OFFICES
        ):
            return other
    return None


def covers(prefix: str, path: str) -> bool:
    """A subtree is a prefix; the trailing slash keeps /1/4/ apart from /1/44/."""
    return bool(prefix) and prefix.endswith("/") and path.startswith(prefix)


def age_on(birth_on: date, day: date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def may_grant_consent(answered_as: str, age: int | None) -> bool:
    """Under 14 (and where the birthday is unknown) the guardian alone, from 14 the pupil (PIPL arts. 28–31)."""
    if age is None or age < CHILD_UNTIL:
        return answered_as == AnsweredAs.GUARDIAN
    return answered_as == AnsweredAs.PUPIL


def must_tell_guardian(age: int | None) -> bool:
    """From 14 to 17 the pupil decides and the guardian is told."""
    return age is not None and CHILD_UNTIL <= age < ADULT_FROM


def consent_stands(answers: Iterable[tuple[str, str, int | None]]) -> bool:
    """The outcome of a history of (answered as, answer, age then), oldest first.

    A grant counts when the one who gave it could give it at that age; a no counts from either side
    until the pupil is of age, and from then on from the pupil alone.
    """
    stands = False
    for answered_as, answer, age in answers:
        if answer == ConsentAnswer.GRANTED:
            stands = stands or may_grant_consent(answered_as, age)
        elif answered_as == AnsweredAs.PUPIL or age is None or age < ADULT_FROM:
            stands = False
    return stands


def roles_granted_by(roles: Iterable[Role]) -> frozenset[Role]:
    return frozenset().union(*(GRANTABLE.get(role, frozenset()) for role in roles))


def roles_by_office(permission: str) -> list[Role]:
    """The roles that grant a permission over a whole subtree, not only for the own rows."""
    return [role for role in Role if permission in GRANTS[role] - PERSONAL.get(role, frozenset())]
