"""A machine for the production guide: a folder that stands for its file system, and stand-ins for what only root may do."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.providers.process import free_port

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/production.md"
STEP = re.compile(r"^## (\d+)\. (.+?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STAND_INS = {
    "apt-get": "exit 0  # what it would install is there, or the test does not run",
    "useradd": 'while [ "$1" != --home-dir ]; do shift; done; exec mkdir -p "$2"',
    "chown": "exit 0",
    "runuser": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    "nginx": 'exec "$REAL_NGINX" -p "$MACHINE" -c "$MACHINE/etc/nginx/nginx.conf" "$@"',
    "systemctl": f'exec "{sys.executable}" "{Path(__file__).parent / "systemctl.py"}" "$@"',
}
NGINX_CONF = """
{user}worker_processes 1;
pid {place}/run/nginx.pid;
error_log {place}/var/log/nginx/error.log;
events {{ worker_connections 256; }}
http {{
    include {mime};
    default_type application/octet-stream;
    access_log off;
    gzip on;
    client_body_temp_path {place}/run/body;
    proxy_temp_path {place}/run/proxy;
    fastcgi_temp_path {place}/run/fastcgi;
    uwsgi_temp_path {place}/run/uwsgi;
    scgi_temp_path {place}/run/scgi;
    include {place}/etc/nginx/sites-enabled/*;
}}
"""


def steps() -> list[tuple[int, str, list[str]]]:
    """Number, title and command blocks of each numbered step of the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    return [(int(number), title, BLOCK.findall(body)) for number, title, body in STEP.findall(text)]


def tool(name: str) -> str | None:
    """PostgreSQL's and nginx's programs are not on everybody's path."""
    places = [SYSTEM_PATH, *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    return shutil.which(name, path=os.pathsep.join(places))


@dataclass
class Machine:
    """`own` are the values of the guide's first block; `server` a PostgreSQL to make the database in."""

    place: Path
    server: str
    own: Mapping[str, str]
    name: str = field(default_factory=lambda: f"kechuang_guide_{os.getpid()}")

    def __post_init__(self) -> None:
        self.http, self.https, self.first, self.second = (free_port() for _ in range(4))
        for folder in (
            "bin", "run", "etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/systemd/system", "usr/local/bin",
            "var/log/nginx", "var/lib", "var/tmp", "var/backups",
        ):  # fmt: skip
            (self.place / folder).mkdir(parents=True)
        for name, does in STAND_INS.items():
            (self.place / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
            (self.place / "bin" / name).chmod(0o755)
        user = "user root;\n" if os.geteuid() == 0 else ""
        conf = NGINX_CONF.format(place=self.place, user=user, mime="/etc/nginx/mime.types")
        (self.place / "etc/nginx/nginx.conf").write_text(conf)

    @property
    def ports(self) -> set[str]:
        return {f"127.0.0.1:{self.first}", f"127.0.0.1:{self.second}"}

    @property
    def address(self) -> str:
        return f"https://localhost:{self.https}"

    @property
    def certificate(self) -> str:
        return str(self.place / "etc/kechuang/tls/cert.pem")

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the test's own: what a process needs must come from the guide."""
        server = urlsplit(self.server)
        stand_ins = f"{self.place}/bin:{self.place}/usr/local/bin"
        clients = str(Path(tool("createdb") or "").parent)
        return {
            "PATH": f"{stand_ins}:{SYSTEM_PATH}:{clients}", "HOME": str(self.place), "LANG": "C.UTF-8", "MACHINE": str(self.place),
            "REAL_NGINX": tool("nginx") or "", "PGHOST": server.hostname or "127.0.0.1", "PGPORT": str(server.port or 5432),
            "PGUSER": server.username or "postgres", "PGPASSWORD": server.password or "", "PGDATABASE": "postgres",
        }  # fmt: skip

    def here(self, commands: str) -> str:
        """The guide's commands with this machine's folders, ports and names."""
        server = urlsplit(self.server)
        ours = {
            "/opt/kechuang": str(ROOT),
            "https://$KECHUANG_HOST": f"https://$KECHUANG_HOST:{self.https}",
            "https://$host$request_uri": f"https://$host:{self.https}$request_uri",
            "listen 80;": f"listen {self.http};",
            "listen 443 ssl": f"listen {self.https} ssl",
            "127.0.0.1:5432": f"{server.hostname}:{server.port or 5432}",
            "kechuang_city": self.name,
            "8001": str(self.first),
            "8002": str(self.second),
        }
        names = "|".join(map(re.escape, ours))
        folders = r"(?<![\w.])/(?:etc|var|run|usr/local/bin)/"
        return re.sub(f"{names}|{folders}", lambda match: ours.get(match[0], f"{self.place}{match[0]}"), commands)

    def run(self, *numbers: int) -> str:
        """Do steps of the guide in one shell; what they said, or a failure that says where it ended."""
        script = ["set -eu"]
        for number, title, blocks in steps():
            if number in numbers:
                script.append(f"echo == {number}. {shlex.quote(title)}")
                script += [self._own_values(block) if number == 1 else self.here(block) for block in blocks]
        return self.shell("\n".join(script))

    def shell(self, script: str) -> str:
        ran = subprocess.run(
            ["/bin/sh", "-c", script], env=self.environment, cwd=self.place, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200, check=False,
        )  # fmt: skip
        if ran.returncode:
            raise AssertionError(f"The guide ended with {ran.returncode}:\n{ran.stdout[-3000:]}\n{self.logs()}")
        return ran.stdout

    def _own_values(self, block: str) -> str:
        names = [line.partition("=")[0] for line in block.splitlines()]
        assert set(names) == set(self.own), "the first block and the test speak of different values"
        return "\n".join(f"{name}={self.own[name]}" for name in names)

    def logs(self) -> str:
        return "\n".join(f"-- {path.name}\n{path.read_text()[-1500:]}" for path in self.place.glob("var/log/**/*.log"))

    def passed(self) -> list[tuple[str, str, str, str]]:
        """Method, address, status and web process of each request that nginx has answered."""
        rows = (line.split() for line in (self.place / "var/log/nginx/kechuang.log").read_text().splitlines())
        return [(row[2], row[3], row[4], row[-1]) for row in rows]

    def end(self) -> None:
        units = [path.stem for path in self.place.glob("run/*.pid") if path.stem != "nginx"]
        self.shell(" ".join(f"systemctl stop {unit} &" for unit in ["nginx", *units]) + " wait")
        self.shell(
            f"psql -qc 'DROP DATABASE IF EXISTS {self.name} WITH (FORCE)'; psql -qc 'DROP ROLE IF EXISTS {self.name}'"
        )
