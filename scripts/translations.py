"""English for every sentence of the interface: `--check` names those without; without it the .po is brought up to date and compiled.

Compiling needs no gettext tools (polib writes the .mo); collecting the sentences needs `xgettext`, from Debian's package gettext.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "kechuang" / "locale" / "en" / "LC_MESSAGES" / "django.po"


def collect() -> None:
    if shutil.which("xgettext") is None:
        sys.exit("Collecting sentences needs gettext. Install it: apt-get install -y gettext")
    (ROOT / "kechuang" / "locale").mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "../manage.py", "makemessages", "-l", "en", "--no-location", "--no-wrap"],
        cwd=ROOT / "kechuang",
        check=True,
    )


def compile_catalogue() -> None:
    if PO.exists():
        polib.pofile(str(PO)).save_as_mofile(str(PO.with_suffix(".mo")))


def check() -> int:
    if not PO.exists():
        print("There is no English catalogue yet: kechuang/locale/en is missing.")
        return 1
    catalogue = polib.pofile(str(PO))
    left = catalogue.untranslated_entries() + catalogue.fuzzy_entries()
    for entry in left[:40]:
        print(f"no English: {entry.msgid}")
    print(f"{len(left)} of {len(catalogue)} sentences have no English.")
    return 1 if left else 0


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(check())
    if "--compile" not in sys.argv:
        collect()
    compile_catalogue()
