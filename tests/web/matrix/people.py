"""The people of the permission matrix, singly and by what they have in common. Own = of the school that the standard objects belong to."""

ANONYMOUS = "anonymous"
NOBODY: frozenset[str] = frozenset()
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
        "engineer",
        "inspector",
        "auditor",
        "operator",
        "security",
    }
)
"""Whoever has an account."""
EVERYBODY = SIGNED_IN | {ANONYMOUS}
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
ENGINEER = frozenset({"engineer"})
"""Of a company, in the pool, and agreed to come to the own school."""
ADMINISTRATORS = frozenset({"auditor", "operator", "security"})
PLATFORM = frozenset({"city", "operator"})
"""Who looks after jobs and calendars."""
AUDITOR = frozenset({"auditor"})
