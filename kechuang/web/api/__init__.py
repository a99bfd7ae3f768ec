"""The read-only JSON interface (ADR 0017): what the public pages show, and one's own applications and deadlines.

Every operation is a page like any other: it declares its permission, counts against the limit "api" and reads through the same queries.
"""
