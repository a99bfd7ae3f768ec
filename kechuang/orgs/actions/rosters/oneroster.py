"""OneRoster 1.2 CSV (1EdTech, 2022) as rosters: a zip becomes tables of schools, teachers and pupils, which take the same way.

What is read: orgs, users, roles, and where they are there demographics (birthDate), classes and enrollments (the homeroom
class). A school is known by `orgs.identifier`, its 学校标识码; a pupil's 学籍号 stands in `users.identifier` or in `userIds`
as `{xueji:…}`, a document as `{resident_id:…}`; a teacher's staff number in `users.identifier`, else `username`. Rows that
are `tobedeleted` or not enabled are left out and counted: nobody leaves a school because a file does not name them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from kechuang.base import checksums
from kechuang.base.errors import Refused
from kechuang.orgs.enums import RosterKind

NEEDED = ("orgs.csv", "users.csv", "roles.csv")
OPTIONAL = ("demographics.csv", "classes.csv", "enrollments.csv")
MOST_BYTES = 4 * 1024**3
MOST_RATIO = 200
"""Unpacked to packed: text of a roster packs ten to one, a bomb a thousand to one."""
GONE = ("tobedeleted", "inactive")
NO_CLASS = "未分班"
TEACHING = ("teacher", "aide", "principal", "siteAdministrator", "counselor")
_IDS = re.compile(r"\{?\s*([\w .-]+)\s*:\s*([^{},]+)\}?")
_CHINESE = re.compile(r"[\u3400-\u9fff]")

SCHOOLS = ("学校名称", "学校标识码", "学校类型", "办学性质", "所属区")
TEACHERS = ("学校标识码", "姓名", "工号", "电子邮箱")
PUPILS = ("学校标识码", "姓名", "年级", "班级", "出生日期", "证件号码", "学籍号")

_TABLES = """
CREATE TABLE orgs (id TEXT PRIMARY KEY, type TEXT, name TEXT, code TEXT, parent TEXT, school_kind TEXT, ownership TEXT);
CREATE TABLE users (
    id TEXT PRIMARY KEY, name TEXT, number TEXT, ids TEXT, username TEXT, email TEXT, grade TEXT
);
CREATE TABLE roles (user TEXT, org TEXT, role TEXT, kind TEXT);
CREATE TABLE births (id TEXT PRIMARY KEY, day TEXT);
CREATE TABLE classes (id TEXT PRIMARY KEY, title TEXT);
CREATE TABLE seats (user TEXT PRIMARY KEY, class TEXT);
"""


@dataclass
class Unpacked:
    """The tables made of a OneRoster file, in the order in which they are to be taken, and how many rows were left out."""

    tables: list[tuple[RosterKind, Path]] = field(default_factory=list)
    left_out: int = 0


def unpack(path: Path, folder: Path) -> Unpacked:
    """Write schools.csv, teachers.csv and pupils.csv into `folder`. Memory stays flat: the join stands in a file there.

    Raises Refused with a sentence for what is no OneRoster 1.2 CSV file.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        raise Refused(_("这个文件不是 zip 压缩包。OneRoster 1.2 CSV 应是一个 zip 文件。")) from None
    with archive, closing(sqlite3.connect(folder / "join.sqlite3", isolation_level=None)) as store:
        members = _members(archive)
        store.execute("PRAGMA journal_mode = OFF")
        store.executescript(_TABLES)
        store.execute("BEGIN")
        left_out = _load(archive, members, store)
        store.execute("CREATE INDEX role_of ON roles (user)")
        store.execute("COMMIT")
        found = Unpacked(left_out=left_out)
        for kind, headings, rows in (
            (RosterKind.SCHOOLS, SCHOOLS, _schools(store)),
            (RosterKind.TEACHERS, TEACHERS, _teachers(store)),
            (RosterKind.PUPILS, PUPILS, _pupils(store)),
        ):
            table = folder / f"{kind.value}.csv"
            if _write(table, headings, rows):
                found.tables.append((kind, table))
        return found


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = {info.filename.rsplit("/", 1)[-1].lower(): info for info in archive.infolist() if not info.is_dir()}
    missing = [name for name in NEEDED if name not in members]
    if missing:
        raise Refused(_("压缩包里缺少 %(files)s，不是完整的 OneRoster 1.2 CSV。") % {"files": "、".join(missing)})
    wanted = [members[name] for name in (*NEEDED, *OPTIONAL) if name in members]
    if any(info.flag_bits & 1 for info in wanted):
        raise Refused(_("压缩包有密码，无法读取。请去掉密码后重新打包。"))
    unpacked, packed = sum(info.file_size for info in wanted), sum(info.compress_size for info in wanted)
    if unpacked > MOST_BYTES or unpacked > MOST_RATIO * max(packed, 1):
        raise Refused(_("压缩包解开后过大，可能已损坏，未导入。"))
    return members


def _rows(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[dict[str, str]]:
    try:
        with archive.open(info) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            if "sourcedId" not in (reader.fieldnames or ()):
                raise Refused(_("%(file)s 没有 sourcedId 这一列，不是 OneRoster 1.2 CSV。") % {"file": info.filename})
            for row in reader:
                yield {key: (value or "").strip() for key, value in row.items() if key and not isinstance(value, list)}
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
        raise Refused(_("%(file)s 无法读取，请用 UTF-8 编码重新导出。") % {"file": info.filename}) from error


def _load(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], store: sqlite3.Connection) -> int:
    """Put every standing row into the join; returns how many were left out."""
    left_out = 0
    for name in (*NEEDED, *OPTIONAL):
        for row in _rows(archive, members[name]) if name in members else ():
            gone = row.get("status", "").lower() in GONE or row.get("enabledUser", "").lower() == "false"
            if gone:
                left_out += 1
            elif found := _LOADERS[name](row):
                store.execute(*found)
    return left_out


Statement = tuple[str, tuple[str, ...]]


def _org(row: dict[str, str]) -> Statement:
    names = ("sourcedId", "type", "name", "identifier", "parentSourcedId", "metadata.schoolKind", "metadata.ownership")
    return "INSERT OR REPLACE INTO orgs VALUES (?,?,?,?,?,?,?)", tuple(row.get(name, "") for name in names)


def _user(row: dict[str, str]) -> Statement:
    grade = row.get("grades", "").split(",")[0].strip()
    said = (row.get(name, "") for name in ("identifier", "userIds", "username", "email"))
    return "INSERT OR REPLACE INTO users VALUES (?,?,?,?,?,?,?)", (row["sourcedId"], _name(row), *said, grade)


def _role(row: dict[str, str]) -> Statement:
    said = (
        row.get("userSourcedId", ""),
        row.get("orgSourcedId", ""),
        row.get("role", ""),
        row.get("roleType", "primary"),
    )
    return "INSERT INTO roles VALUES (?,?,?,?)", said


def _birth(row: dict[str, str]) -> Statement:
    return "INSERT OR REPLACE INTO births VALUES (?,?)", (row["sourcedId"], row.get("birthDate", ""))


def _class(row: dict[str, str]) -> Statement | None:
    if row.get("classType", "").lower() != "homeroom":
        return None
    return "INSERT OR REPLACE INTO classes VALUES (?,?)", (row["sourcedId"], row.get("title", ""))


def _seat(row: dict[str, str]) -> Statement | None:
    if row.get("role", "").lower() != "student":
        return None
    seat = (row.get("userSourcedId", ""), row.get("classSourcedId", ""))
    return "INSERT OR REPLACE INTO seats SELECT ?, id FROM classes WHERE id = ?", seat


_LOADERS: dict[str, Callable[[dict[str, str]], Statement | None]] = {
    "orgs.csv": _org,
    "users.csv": _user,
    "roles.csv": _role,
    "demographics.csv": _birth,
    "classes.csv": _class,
    "enrollments.csv": _seat,
}


def _name(row: dict[str, str]) -> str:
    family, given, middle = row.get("familyName", ""), row.get("givenName", ""), row.get("middleName", "")
    if _CHINESE.search(family + given):
        return f"{family}{middle}{given}"
    return " ".join(filter(None, (given, middle, family)))


def _schools(store: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    """Only schools whose kind and ownership the file tells; the others must be on the platform already."""
    yield from store.execute(
        "SELECT o.name, o.code, o.school_kind, o.ownership, COALESCE(NULLIF(p.name, ''), p.code, '') FROM orgs o"
        " LEFT JOIN orgs p ON p.id = o.parent WHERE o.type = 'school' AND o.school_kind <> '' ORDER BY o.id"
    )


def _teachers(store: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    rows = store.execute(
        "SELECT o.code, u.name, COALESCE(NULLIF(u.number, ''), u.username), u.email FROM roles r"
        " JOIN users u ON u.id = r.user JOIN orgs o ON o.id = r.org"
        " WHERE r.role IN (SELECT value FROM json_each(?)) AND o.type = 'school' GROUP BY u.id, o.id ORDER BY o.id, u.id",
        (json.dumps(TEACHING),),
    )
    yield from rows


def _pupils(store: sqlite3.Connection) -> Iterator[tuple[str, ...]]:
    rows = store.execute(
        "SELECT o.code, u.name, u.grade, COALESCE(c.title, ''), COALESCE(b.day, ''), u.number, u.ids FROM roles r"
        " JOIN users u ON u.id = r.user JOIN orgs o ON o.id = r.org LEFT JOIN births b ON b.id = u.id"
        " LEFT JOIN seats s ON s.user = u.id LEFT JOIN classes c ON c.id = s.class"
        " WHERE r.role = 'student' AND r.kind = 'primary' AND o.type = 'school' ORDER BY o.id, u.id"
    )
    for code, name, grade, class_name, birth, number, ids in rows:
        document, xueji = _numbers(number, ids)
        yield code, name, grade.lstrip("0") or grade, class_name or NO_CLASS, birth, document, xueji


def _numbers(identifier: str, ids: str) -> tuple[str, str]:
    """The document and the 学籍号, from `userIds` or from an identifier that is one of them by its check digit."""
    said = {kind.strip().lower(): value.strip() for kind, value in _IDS.findall(ids)}
    document, xueji = said.get("resident_id", ""), said.get("xueji", "")
    if identifier and not xueji and not checksums.check_xueji(identifier):
        xueji = identifier
    elif identifier and not document and not checksums.check_resident_id(identifier):
        document = identifier
    return document, xueji


def _write(path: Path, headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> int:
    written = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(headings)
        for written, row in enumerate(rows, start=1):  # noqa: B007 -- the count
            table.writerow(row)
    return written
