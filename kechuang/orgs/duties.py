"""What the worker does by itself for people and their data."""

from kechuang.base.upkeep import periodic
from kechuang.orgs.actions.exports import expire_exports
from kechuang.orgs.actions.requests import remind_requests
from kechuang.orgs.actions.retention import retain_by_itself
from kechuang.orgs.actions.transfers import remind_transfers

periodic("orgs.expire_exports", every=60)(expire_exports)
periodic("orgs.remind_requests", every=1800)(remind_requests)
periodic("orgs.retain", every=1800)(retain_by_itself)
periodic("orgs.remind_transfers", every=1800)(remind_transfers)
