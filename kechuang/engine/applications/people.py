"""Where an organisation reports: asked in bulk, from its path alone."""


def reporting_unit_id(path: str) -> int:
    """The id of the organisation right under the city on `path`: a district or the line of the city's own schools."""
    parts = path.strip("/").split("/")
    return int(parts[1] if len(parts) > 1 else parts[0])
