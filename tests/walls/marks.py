"""Values planted in the world, each unique as a string, so that whoever receives one can be found out."""

from dataclasses import dataclass, field

OWN, NEAR, FAR = "own", "near", "far"
"""The own school; another of the same district; one of another district."""
SIDES = (OWN, NEAR, FAR)


@dataclass
class Marks:
    """What was planted: the mark by what it is, as ("far", "pupil's name")."""

    planted: dict[tuple[str, str], str] = field(default_factory=dict)

    def word(self, side: str, what: str) -> str:
        """A word of letters that stands nowhere else."""
        letters = "".join(character for character in f"{side}{what}".title() if character.isalpha())
        return self.keep(side, what, f"Zq{letters}Qz")

    def keep(self, side: str, what: str, value: str) -> str:
        """Remember a value that is unique by itself (a number that must pass its check)."""
        assert value not in self.planted.values(), value
        self.planted[side, what] = value
        return value

    def found_in(self, text: str) -> set[tuple[str, str]]:
        return {key for key, value in self.planted.items() if value in text}
