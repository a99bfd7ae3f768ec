"""Charts and the tile map: what their templates need beyond the given values."""

from typing import Any

from django.template.context import Context
from django.utils.crypto import get_random_string

from kechuang.web.charts import Chart
from kechuang.web.tiles import LEVELS, TileMap


def chart(values: dict[str, Any], context: Context) -> dict[str, Any]:
    given: Chart = values["of"]
    return {
        "chart": given,
        "id": values["id"] or f"chart-{get_random_string(8).lower()}",
        "facts": given.facts(),
        "rows": given.rows(),
    }


def tile_map(values: dict[str, Any], context: Context) -> dict[str, Any]:
    given: TileMap = values["of"]
    return {"map": given, "tiles": given.placed(), "levels": range(1, LEVELS + 1)}
