"""What a hostile hand types into a field: each value is one old trick, and each leaves a trace that a test can look for."""

from hypothesis import strategies as st

from tests.base import samples

SCRIPT = "<script>zqAlert(1)</script>"
ATTRIBUTE = '" autofocus onfocus="zqAlert(1)'
HOSTILE: dict[str, str] = {
    "script": SCRIPT,
    "attribute": ATTRIBUTE,
    "template": "{{7*7}}{% debug %}${7*7}",
    "sql": "'; DROP TABLE orgs_person; --",
    "sql or": "1' OR '1'='1",
    "format": "%s%n%x{0.__class__}{0!r}",
    "path": "../../../../etc/passwd",
    "nul": "a\x00b",
    "control": "a\x1b[2J\x07\x7f",
    "rtl": "\u202egpj.exe\u202c\u2066\u200b",
    "surrogate": "\ud800".encode("utf-8", "replace").decode() + "\U0001f9d1\U0010ffff",
    "huge": "长" * 20_000,
    "digits": "9" * 400,
    "negative": "-1",
    "beyond": "9223372036854775808",
    "float": "1e999",
    "not a number": "NaN",
    "superscript": "²",
    "list": "[]",
    "json": '{"__proto__": {"a": 1}}',
    "header": "a\r\nSet-Cookie: zq=1",
    "formula": '=HYPERLINK("http://zq.example","a")',
    "link": "javascript:zqAlert(1)",
    "away": "//zq.example/",
    "date": "0000-00-00",
    "far date": "99999-12-31T99:99",
}
RAW = ("<script>zqAlert", '" autofocus onfocus="zqAlert', "javascript:zqAlert")
"""As these stand in a page only where nobody escaped them; the last one is looked for in links alone."""


def values(kind: str, known: list[str], ids: list[str]) -> st.SearchStrategy[str]:
    """What to put into a field: tricks first; where the page chose the value, its own values and ids of strangers too."""
    tricks = st.sampled_from(list(HOSTILE.values()))
    typed = st.one_of(tricks, st.text(max_size=40), st.integers().map(str), st.floats(allow_nan=False).map(str))
    if kind not in {"hidden", "select", "radio", "checkbox", "button"}:
        return typed
    return st.one_of(tricks, st.sampled_from([*known[:20], *ids]), typed)


def papers() -> dict[str, tuple[str, bytes]]:
    """Files that are not what they say."""
    return {
        "svg": ("../../a.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>zqAlert(1)</script></svg>'),
        "script in PDF": ("a.pdf.exe", samples.pdf(change=samples.with_script)),
        "markup in picture": ("a.php\x00.jpg", samples.image("JPEG") + b"<script>zqAlert(1)</script>"),
        "table": ("=1+1.csv", "姓名,年级\n=cmd|' /C calc'!A0,8\n".encode()),
        "macro": ("a.xlsx", samples.archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<a/>", "xl/vbaProject.bin": b"1"})),
        "nothing": ("a.pdf", b""),
    }  # fmt: skip
