"""What a user can mend is refused with a sentence; everything else is a fault."""


class Refused(ValueError):
    """The base of all refusals: `sentence` is what the user reads, in their language."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
