import re
import unicodedata

LONGEST = 100
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


def clean_name(name: str, extension: str) -> str:
    """A name that is safe to download: no path, no control or direction marks, and the extension of the real content."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(character for character in name if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"})
    stem = FORBIDDEN.sub(" ", name).strip(". ")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem).strip(". ")
    return f"{' '.join(stem.split())[:LONGEST] or 'file'}.{extension}"
