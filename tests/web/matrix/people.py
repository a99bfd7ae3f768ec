"""The people of the permission matrix, singly and by what they have in common. Own = of the school that the standard objects belong to."""

ANONYMOUS = "anonymous"
NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset(
    {
        "anonymous",
        "pupil",
        "teacher",
        "other_teacher",
        "guardian",
        "school",
        "head",
        "other_school",
        "district",
        "other_district",
        "city",
        "expert",
        "inspector",
        "auditor",
        "operator",
        "security",
    }
)
SIGNED_IN = frozenset(
    {
        "pupil",
        "teacher",
        "other_teacher",
        "guardian",
        "school",
        "head",
        "other_school",
        "district",
        "other_district",
        "city",
        "expert",
        "inspector",
        "auditor",
        "operator",
        "security",
    }
)
"""Whoever has an account."""
READERS = frozenset({"pupil", "teacher", "guardian", "school", "head", "district", "city", "inspector"})
"""Who may read an entry of the own school: the team, its guardians, the offices above it."""
LISTERS = frozenset({"school", "head", "other_school", "district", "other_district", "city", "inspector"})
"""Offices that work with entries."""
TEAM = frozenset({"pupil", "teacher"})
FAMILY = frozenset({"pupil", "guardian"})
TEACHERS = frozenset({"teacher", "other_teacher"})
APPLICANTS = frozenset({"pupil", "teacher", "other_teacher"})
SCHOOL = frozenset({"school", "head"})
"""The own school's officer and the head of its working group."""
CITY = frozenset({"city"})
CLERKS = frozenset({"school", "other_school", "district", "other_district", "city"})
"""Offices that keep people and organisations."""
OWN_CLERKS = frozenset({"school", "district", "city"})
"""The same, of the own line."""
ORGANISERS = frozenset({"district", "other_district", "city"})
"""Offices that run calls of their own."""
EXPERT = frozenset({"expert"})
ADMINISTRATORS = frozenset({"auditor", "operator", "security"})
PLATFORM = frozenset({"city", "operator"})
"""Who looks after jobs and calendars."""
AUDITOR = frozenset({"auditor"})
