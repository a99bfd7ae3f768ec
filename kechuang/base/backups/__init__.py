"""A whole installation in a folder, and back: rows as text that either database reads, files by their content, keys apart.

DIR/manifest.json          what is inside, with counts, digests and the marks of the keys it needs
DIR/tables/LABEL.jsonl.gz  one row a line; encrypted fields stand as ciphertext
DIR/files/ab/abcd…         each stored file under its SHA-256
"""

from kechuang.base.backups.backup import make_backup
from kechuang.base.backups.manifest import Manifest
from kechuang.base.backups.restore import restore_backup

__all__ = ["Manifest", "make_backup", "restore_backup"]
