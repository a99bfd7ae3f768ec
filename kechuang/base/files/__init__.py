"""Files people send: checked by content, freed of metadata, stored under a random name.

Nothing is trusted because of its name or the browser's word. Faces serve stored files as attachments with nosniff.
"""

from kechuang.base.files.accept import accept, checked, discard, keep, keep_file
from kechuang.base.files.refusal import FileRefused

__all__ = ["FileRefused", "accept", "checked", "discard", "keep", "keep_file"]
