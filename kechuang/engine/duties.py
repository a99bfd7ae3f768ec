"""What the worker does by itself for the stages: keep the counts in order, refresh figures, remind."""

from kechuang.base.upkeep import periodic
from kechuang.engine.applications import tallies
from kechuang.engine.reminders import enqueue_reminders
from kechuang.engine.reviews.queries.summary import refresh_summaries
from kechuang.engine.tenure.jobs import enqueue_terms
from kechuang.engine.visits.upkeep import lapse_invitations, remind_of_vettings, remind_of_visits

periodic("engine.fold_tallies", every=60)(tallies.fold_all)
periodic("engine.heal_tallies", every=3600)(tallies.heal_all)
periodic("engine.refresh_summaries", every=60)(refresh_summaries)
periodic("engine.remind", every=1800)(enqueue_reminders)
periodic("engine.lapse_invitations", every=300)(lapse_invitations)
periodic("engine.remind_of_visits", every=1800)(remind_of_visits)
periodic("engine.remind_of_vettings", every=21_600)(remind_of_vettings)
periodic("engine.keep_terms", every=3600)(enqueue_terms)
