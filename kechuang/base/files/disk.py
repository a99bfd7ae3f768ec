"""Files on a local disk: what could not be written whole does not stay in part."""

from typing import Any

from django.core.files.storage import FileSystemStorage


class Disk(FileSystemStorage):
    def _save(self, name: str, content: Any) -> str:
        is_another = self.exists(name)  # then Django takes another name, and this file is somebody else's
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except OSError:
            if not is_another:
                self.delete(name)
            raise
