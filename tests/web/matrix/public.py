"""The open pages: everybody, except the sheet of a certificate, which is for those whom it belongs to."""

EVERYBODY = {
    "anonymous", "pupil", "teacher", "other_teacher", "guardian", "school", "other_school", "district", "other_district", "city",
    "expert", "inspector", "auditor", "operator", "security",
}  # fmt: skip

MATRIX: dict[str, set[str]] = {
    "home": EVERYBODY,
    "calls": EVERYBODY,
    "call": EVERYBODY,
    "notices": EVERYBODY,
    "notice": EVERYBODY,
    "object": EVERYBODY,
    "follow_objection": EVERYBODY,
    "objection_receipt": EVERYBODY,
    "works": EVERYBODY,
    "work": EVERYBODY,
    "verify": EVERYBODY,
    "certificate": EVERYBODY,
    "certificate_pdf": {"pupil", "teacher", "guardian", "school", "district", "city", "inspector"},
    "help": EVERYBODY,
    "robots": EVERYBODY,
    "sitemap": EVERYBODY,
    "healthz": EVERYBODY,
}
