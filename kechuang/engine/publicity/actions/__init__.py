"""Writes of the publicity stage."""

from kechuang.engine.publicity.actions.notices import (
    close_notice,
    draft_notice,
    edit_notice,
    publish_notice,
    republish_notice,
)
from kechuang.engine.publicity.actions.objections import file_objection, take_objection, withdraw_objection
from kechuang.engine.publicity.actions.reconsider import decide_objection
from kechuang.engine.publicity.actions.withdrawal import withdraw_names

__all__ = [
    "close_notice", "decide_objection", "draft_notice", "edit_notice", "file_objection", "publish_notice", "republish_notice",
    "take_objection", "withdraw_names", "withdraw_objection",
]  # fmt: skip
