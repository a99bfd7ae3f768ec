"""The job functions of the stages, where the worker looks for them."""

from kechuang.engine.awards.jobs import issue

__all__ = ["issue"]
