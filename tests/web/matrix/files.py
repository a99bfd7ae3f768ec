"""Who gets a paper of a submitted application of the pupil's own school (GET); uploads answer 405 to a GET."""

MATRIX: dict[str, set[str]] = {
    "file": {"pupil", "teacher", "guardian", "school", "district", "city", "inspector"},
    "uploads": set(),
    "upload": set(),
}
