"""English for every sentence of the interface: `--check` names those without; without it the .po is brought up to date and compiled.

Compiling needs no gettext tools (polib writes the .mo); collecting the sentences needs `xgettext`, from Debian's package gettext.
"""

import os
import shutil
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "kechuang" / "locale" / "en" / "LC_MESSAGES" / "django.po"
SHORT_NAMES = ("_l", "_n", "_lazy", "mark")
"""Names under which our modules import gettext besides `_`; xgettext has to be told of them."""


def collect() -> None:
    if shutil.which("xgettext") is None:
        sys.exit("Collecting sentences needs gettext. Install it: apt-get install -y gettext")
    (ROOT / "kechuang" / "locale").mkdir(exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT / "kechuang")
    import django  # noqa: PLC0415 -- app ready
    from django.core.management.commands import makemessages  # noqa: PLC0415 -- app ready

    django.setup()

    class Command(makemessages.Command):
        xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={name}" for name in SHORT_NAMES)]

    django.core.management.call_command(Command(), locale=["en"], no_location=True, no_wrap=True)


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
