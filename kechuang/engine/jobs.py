"""The job functions of the stages, where the worker looks for them."""

from kechuang.engine.awards.jobs import bundle, issue

__all__ = ["bundle", "issue"]
