"""What the test of the production guide has for systemctl: it does to the units below $MACHINE what systemd would.

Each process gets the environment its unit gives it and nothing else, is stopped by SIGTERM to it alone (KillMode=mixed), and
writes to a log of its own. Users and the walls around a unit are not kept.
"""

import contextlib
import hashlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

MACHINE = Path(os.environ["MACHINE"])
UNITS, RUN, LOGS = MACHINE / "etc/systemd/system", MACHINE / "run", MACHINE / "var/log"
FIRST = 3
"""The number under which systemd hands the first socket over."""
Words = dict[str, list[str]]


def unit(name: str) -> Words:
    """Key → its values in order, of the file or of the template that stands for it."""
    plain, _at, rest = name.partition("@")
    path = UNITS / (f"{plain}@.{rest.rpartition('.')[2]}" if rest else name)
    found: Words = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            value = value.replace("%i", rest.rpartition(".")[0]).replace("%%", "%")
            found.setdefault(key, []).append(value)
    return found


def environment(words: Words) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "MACHINE")} | {"LANG": "C.UTF-8"}
    files = [Path(name).read_text(encoding="utf-8") for name in words.get("EnvironmentFile", [])]
    lines = [line for text in files for line in text.splitlines()] + words.get("Environment", [])
    return kept | dict(line.split("=", 1) for line in lines if line.strip())


def pid_file(name: str) -> Path:
    return RUN / f"{name}.pid"


def start(name: str) -> None:
    words = unit(name)
    for needed in words.get("Requires", []):
        keep_open(needed)
    for folder in words.get("RuntimeDirectory", []):
        (RUN / folder).mkdir(exist_ok=True)
    facts = {"env": environment(words), "cwd": "/", "stdin": subprocess.DEVNULL}
    if words.get("Type") == ["oneshot"]:
        for line in words["ExecStart"]:
            subprocess.run(shlex.split(line), check=True, **facts)
        return
    handed = handed_to(name)
    with (LOGS / f"{name}.log").open("ab") as log:
        [line] = words["ExecStart"]
        command = ["/bin/sh", "-c", f"LISTEN_PID=$$ LISTEN_FDS={len(handed)} exec {line}"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, pass_fds=handed, **facts)
    pid_file(name).write_text(str(process.pid))


# --- sockets that outlive a restart ------------------------------------------------------------------------------


def keep_open(name: str) -> None:
    """A process of its own holds the socket, as systemd does, and gives it to each successor of the service."""
    if not pid_file(name).exists():
        command = [sys.executable, __file__, "hold", name]
        with (LOGS / f"{name}.log").open("ab") as log:
            facts = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "start_new_session": True}
            process = subprocess.Popen(command, **facts)
        pid_file(name).write_text(str(process.pid))


def counter_of(name: str) -> str:
    return "\0" + hashlib.sha256(str(RUN / name).encode()).hexdigest()


def hold(name: str) -> None:
    host, _colon, port = unit(name)["ListenStream"][0].rpartition(":")
    with socket.create_server((host, int(port)), backlog=1024) as held, socket.socket(socket.AF_UNIX) as counter:
        counter.bind(counter_of(name))
        counter.listen()
        while True:
            taker, _address = counter.accept()
            with taker:
                socket.send_fds(taker, [b"1"], [held.fileno()])


def handed_to(name: str) -> tuple[int, ...]:
    holder = name.replace(".service", ".socket")
    if not pid_file(holder).exists():
        return ()
    with socket.socket(socket.AF_UNIX) as asker:
        while asker.connect_ex(counter_of(holder)):
            time.sleep(0.05)
        _data, [given], _flags, _address = socket.recv_fds(asker, 1, 1)
    if given != FIRST:
        os.dup2(given, FIRST)
    return (FIRST,)


def stop(name: str) -> None:
    if not pid_file(name).exists():
        return
    pid = int(pid_file(name).read_text())
    until = time.monotonic() + int(unit(name).get("TimeoutStopSec", ["5"])[0])
    send(pid, signal.SIGTERM)
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    if is_alive(pid):
        send(pid, signal.SIGKILL)
    pid_file(name).unlink()


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def is_alive(pid: int) -> bool:
    """A dead one that nobody has waited for yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def nginx(verb: str) -> None:
    """Its own master keeps the number of its process; `nginx -t` leaves that file empty."""
    number = RUN / "nginx.pid"
    running = number.exists() and bool(number.read_text().strip())
    if verb == "start" and not running:
        subprocess.run(["nginx"], check=True)
        while not number.read_text().strip():
            time.sleep(0.05)
    elif verb != "start" and running:
        subprocess.run(["nginx", "-s", {"reload": "reload", "stop": "quit"}[verb]], check=True)


def main(verb: str, *rest: str) -> None:
    names = [word if "." in word else f"{word}.service" for word in rest if not word.startswith("-")]
    if verb == "enable":
        verb = "start" if "--now" in rest else "daemon-reload"
    for name in names if verb != "daemon-reload" else []:
        if name == "nginx.service":
            nginx(verb)
        elif name.endswith(".timer"):
            assert unit(name)["OnCalendar"] and unit(name.replace(".timer", ".service"))
        else:
            if verb in {"stop", "restart"}:
                stop(name)
            if verb in {"start", "restart"}:
                start(name)


if __name__ == "__main__":
    hold(sys.argv[2]) if sys.argv[1] == "hold" else main(*sys.argv[1:])
