"""What the worker does by itself for the stages: keep the counts in order, refresh figures, remind."""

from kechuang.base.upkeep import periodic
from kechuang.engine.applications import tallies

periodic("engine.fold_tallies", every=60)(tallies.fold_all)
periodic("engine.heal_tallies", every=3600)(tallies.heal_all)
