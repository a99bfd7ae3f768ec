"""What the moves of the award stage do besides changing the state."""

from kechuang.engine.applications.batch import Batch
from kechuang.engine.awards.actions import give_awards
from kechuang.engine.programme.registry import effect


@effect("give_award")
def give_award(batch: Batch) -> None:
    """Grant the prize that the officer named, else the first (a rolling call mostly has one)."""
    prize = str(batch.data.get("prize") or batch.call.plan.prizes.prizes[0].code)
    give_awards(batch.call, batch.applications, prize, by=batch.actor)
