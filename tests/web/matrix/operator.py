"""Who may open which page of the operator."""

MATRIX: dict[str, set[str]] = {
    "jobs": {"city", "operator"},
    "job": {"city", "operator"},
    "audit": {"auditor"},
    "holidays": {"city", "operator"},
}
