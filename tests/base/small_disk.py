"""A disk that is really full: a small tmpfs where this process may mount one, else the system's limit of the size of a file."""

import os
import resource
import shutil
import subprocess
from pathlib import Path

MOST = 64 * 1024 * 1024


class SmallDisk:
    """`full()` leaves no room (or `left` bytes), `freed()` makes room again; the errors in between are the system's own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.place.mkdir(exist_ok=True)
        made = ["mount", "-t", "tmpfs", "-o", f"size={MOST},mode=0777", "tmpfs", str(place)]
        self.is_mounted = (
            bool(shutil.which("mount")) and subprocess.run(made, check=False, capture_output=True).returncode == 0
        )
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    @property
    def filler(self) -> Path:
        return self.place / "filler"

    def full(self, left: int = 0) -> None:
        if not self.is_mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, self._limits[1]))
            return
        self.filler.unlink(missing_ok=True)
        free = shutil.disk_usage(self.place).free
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free - left, 1))

    def freed(self) -> None:
        if self.is_mounted:
            self.filler.unlink(missing_ok=True)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)

    def close(self) -> None:
        self.freed()
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.place)], check=True)

    def files(self) -> list[Path]:
        return [path for path in self.place.rglob("*") if path.is_file() and path != self.filler]
