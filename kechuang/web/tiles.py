"""The city as tiles: one per district in its rough place, the city's own schools apart. Another city's names stand in rows."""

from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = 5
PLACES = {
    "光明区": (1, 2), "龙华区": (1, 4), "龙岗区": (1, 6), "坪山区": (1, 8), "深汕特别合作区": (1, 11),
    "宝安区": (2, 1), "南山区": (2, 3), "福田区": (2, 5), "罗湖区": (2, 7), "盐田区": (2, 9), "大鹏新区": (2, 11),
    "市直属学校": (3, 1),
}  # fmt: skip
"""Row and first half-column of twelve; a tile is two wide, so that neighbours of the next row stand half a tile apart."""
SHORT = {"深汕特别合作区": "深汕", "市直属学校": "市直属", "大鹏新区": "大鹏"}


@dataclass(frozen=True)
class Tile:
    """`name` is the unit's full name, `note` a few words under the number, such as the share of a quota."""

    name: str
    value: float
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class TileMap:
    """says: the sentence that a reader would take away."""

    title: str
    says: str
    tiles: Sequence[Tile]
    unit: str = ""

    def placed(self) -> list[dict[str, object]]:
        """Each tile with its place, its short name and its level of tint, 0 for nothing up to LEVELS for the most."""
        most = max((tile.value for tile in self.tiles), default=0)
        known = {tile.name for tile in self.tiles} & PLACES.keys()
        others = [tile.name for tile in self.tiles if tile.name not in known]
        places = PLACES | {name: (4 + n // 6, 1 + 2 * (n % 6)) for n, name in enumerate(others)}
        return [
            {
                "tile": tile,
                "short": SHORT.get(tile.name, tile.name.removesuffix("区") or tile.name),
                "level": level(tile.value, most),
                "row": places[tile.name][0],
                "column": places[tile.name][1],
            }
            for tile in sorted(self.tiles, key=lambda tile: places[tile.name])
        ]


def level(value: float, most: float) -> int:
    """The tint of a value among values up to `most`."""
    return 0 if value <= 0 or most <= 0 else max(1, min(LEVELS, -int(-LEVELS * value // most)))
