"""Who may read which planted value: by what it is, and from which side. Whatever is not named here is for nobody."""

from tests.walls.marks import FAR, NEAR, OWN, SIDES

ABOVE = {
    OWN: frozenset({"district", "city"}),
    NEAR: frozenset({"district", "city"}),
    FAR: frozenset({"other_district", "city"}),
}
OFFICE = {OWN: frozenset({"school", "head"}), NEAR: frozenset({"other_school"}), FAR: frozenset()}
TEACHER = {OWN: frozenset({"teacher"}), NEAR: frozenset({"other_teacher"}), FAR: frozenset()}
FAMILY = {OWN: frozenset({"pupil", "guardian"}), NEAR: frozenset(), FAR: frozenset({"far_pupil", "far_guardian"})}
CITY = frozenset({"city"})
NOBODY: frozenset[str] = frozenset()


def who_may() -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for side in SIDES:
        offices = OFFICE[side] | ABOVE[side]
        entry = FAMILY[side] | TEACHER[side] | offices | {"inspector"}
        people = FAMILY[side] | TEACHER[side] | offices | {"security"}
        found |= {
            (side, "pupil name"): entry | people,
            (side, "guardian name"): people,
            (side, "teacher name"): entry | people,
            (side, "unpublished call"): ABOVE[side],
            (side, "reason of return"): entry | {"auditor"},
            (side, "reason of withdrawal"): FAMILY[side] | {"auditor"},
            (side, "name in roster"): offices - {"head"},
            (side, "saved view"): OFFICE[side],
            (side, "message"): FAMILY[side] & {"pupil", "far_pupil"},
            (side, "pupil mail"): FAMILY[side] & {"pupil", "far_pupil"},
            (side, "guardian mail"): FAMILY[side] & {"guardian", "far_guardian"},
            (side, "teacher mail"): TEACHER[side],
        }
        found |= dict.fromkeys(
            ((side, what) for what in ("title", "abstract", "answer", "lab", "help", "blind lab", "blind help")), entry
        )
    # The third district's draft stands in for the other school's: only its own office and the city may know of it.
    found[NEAR, "unpublished call"] = CITY
    organisers = frozenset({"district", "other_district", "city"})
    for who in ("expert officer", "chair officer", "third expert"):
        found[OWN, f"{who} name"] = organisers | {"security"} | {who.partition(" ")[0]}
        found[OWN, f"{who} mail"] = organisers | {who.partition(" ")[0]}
    found |= {
        (OWN, "school officer name"): frozenset({"school", "head", "teacher", "district", "city", "security"}),
        (OWN, "school officer mail"): frozenset({"school"}),
        (OWN, "other_district officer name"): frozenset({"other_district", "city", "security"}),
        (OWN, "other_district officer mail"): frozenset({"other_district"}),
        (OWN, "auditor officer name"): frozenset({"auditor", "city", "security"}),
        (OWN, "auditor officer mail"): frozenset({"auditor"}),
        (OWN, "expert comment"): frozenset({"expert", "city"}),
        (OWN, "reason in audit"): frozenset({"auditor"}),
        (OWN, "error of job"): frozenset({"operator", "city"}),
    }
    judging = (
        "third comment",
        "third feedback",
        "comment of defence",
        "note of decision",
        "note of line",
        "closing note",
    )
    # The ledger has the reasons that acts were given; the auditor reads them.
    found |= dict.fromkeys(((OWN, what) for what in ("reason of conflict", "reason of hiding")), CITY | {"auditor"})
    found |= dict.fromkeys(((OWN, what) for what in judging), CITY)
    objection = (
        "objector's name",
        "objector's unit",
        "objector's phone",
        "objector's mail",
        "statement of objection",
        "finding",
    )
    return found | dict.fromkeys(((OWN, what) for what in objection), CITY)


SHOWN_ON = {
    (OWN, "teacher name"): frozenset({"api_register", "case", "cases_feed", "school"}),
    (NEAR, "teacher name"): frozenset({"office_honour"}),
}
"""Pages on which people stand by their own will or by their title: the author of a published case, a lead teacher in the register and
on the school's page, and the members of a studio before whoever leads it."""
ASKED_BY = {("other_teacher", (OWN, "teacher name"))}
"""Letters that name who wrote them: the lead teacher who asks somebody into the studio."""
SCHOOL_IS_PUBLIC = frozenset({"school"})
"""A school's name is public; from an expert who judges blind it is kept, as the test of blind pages says by itself."""
