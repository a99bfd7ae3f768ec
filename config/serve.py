"""`kechuang serve`: the web server and the job workers as one thing that starts together and stops together."""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PATIENCE = 15
"""Seconds that a process gets to finish what it is doing before it is ended."""
HANDED = 3
"""The number under which systemd hands over a socket that it keeps open while we are restarted (sd_listen_fds)."""


class CannotServe(Exception):
    """What is missing, and the command that mends it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def serve(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kechuang serve", description="启动网站和后台任务；Ctrl+C 停止。")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="监听地址（HOST，默认 127.0.0.1）")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="端口（PORT，默认 8000）")
    parser.add_argument(
        "--web", type=int, default=_count("WEB_PROCESSES", 2), help="网站进程数（WEB_PROCESSES，默认 2）"
    )
    parser.add_argument(
        "--jobs", type=int, default=_count("JOB_PROCESSES", 1), help="后台进程数（JOB_PROCESSES，默认 1）"
    )
    parser.add_argument("--traceback", action="store_true", help="出错时显示完整经过")
    options = parser.parse_args(list(words))
    os.environ.setdefault("SITE_URL", f"http://{options.host}:{options.port}")
    check_ready()
    return Processes(options.host, options.port, options.web, options.jobs).run()


def _count(name: str, usual: int) -> int:
    return int(os.environ.get(name, usual))


def _is_handed_a_socket() -> bool:
    return (os.environ.get("LISTEN_PID"), os.environ.get("LISTEN_FDS")) == (str(os.getpid()), "1")


def check_ready() -> None:
    """Refuse to serve a database that is behind or a front end that is not there."""
    import django  # noqa: PLC0415 -- slow import
    from django.conf import settings  # noqa: PLC0415 -- slow import
    from django.contrib.staticfiles import finders  # noqa: PLC0415 -- app ready

    django.setup()
    _prepare_figures(Path(settings.VAR_DIR) / "metrics")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    waiting = _waiting_migrations()
    if waiting:
        raise CannotServe(f"数据库有 {waiting} 步升级还没有做。请先运行 kechuang migrate。")
    if settings.PRODUCTION:
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            raise CannotServe("静态文件还没有收集。请先运行 kechuang collectstatic --noinput。")
    elif finders.find("dist/app.css") is None:
        raise CannotServe("前端还没有构建。请先运行 make setup。")


def _prepare_figures(usual: Path) -> None:
    """An empty folder in which the web processes add up what `/metrics` tells; they inherit its name."""
    place = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR", str(usual)))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(place)
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob("*.db"):
        left.unlink()


def _waiting_migrations() -> int:
    from django.db import connection  # noqa: PLC0415 -- app ready
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- app ready

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _end_with_parent() -> None:
    """In the child, before it runs: where the system is Linux, it ends when we are killed, so that the port comes free."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """The children: one gunicorn, and job workers that are started again when they die."""

    def __init__(self, host: str, port: int, web: int, jobs: int) -> None:
        self.handed = (HANDED,) if _is_handed_a_socket() else ()
        self.web_command = [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--config", "python:config.web_server",
            "--bind", f"fd://{HANDED}" if self.handed else f"{host}:{port}", "--worker-class", "gthread", "--workers", str(web), "--threads", "8",
            "--timeout", "60", "--graceful-timeout", str(PATIENCE), "--max-requests", "20000", "--max-requests-jitter", "2000",
            "--log-level", "warning", "--chdir", str(Path(__file__).resolve().parent.parent),
        ]  # fmt: skip
        self.job_command = [sys.executable, "-m", "config.cli", "work"]
        self.address = f"http://{host}:{port}"
        self.jobs: list[subprocess.Popen[bytes]] = []
        self.wanted_jobs = jobs
        self.stopping = False

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        web = self._start(self.web_command, self.handed)
        self.jobs = [self._start(self.job_command) for _ in range(self.wanted_jobs)]
        print(f"科创平台已启动：{self.address}（Ctrl+C 停止）", flush=True)
        try:
            return self._watch(web)
        finally:
            self._end([web, *self.jobs])

    def _start(self, command: list[str], handed: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        root = Path(__file__).resolve().parent.parent
        return subprocess.Popen(
            command, cwd=root, start_new_session=True, pass_fds=handed, preexec_fn=_end_with_parent  # noqa: PLW1509 -- no threads here
        )  # fmt: skip

    def _watch(self, web: subprocess.Popen[bytes]) -> int:
        """Until someone stops us (0) or the web server ends by itself (its code)."""
        while not self.stopping:
            if web.poll() is not None:
                print(f"网站进程已退出。端口 {self.address} 可能已被占用：换一个 PORT 再试。", file=sys.stderr)
                return web.returncode or 1
            self.jobs = [job if job.poll() is None else self._again(job) for job in self.jobs]
            time.sleep(0.5)
        return 0

    def _again(self, job: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        print(f"后台进程 {job.pid} 以代码 {job.returncode} 退出，正在重新启动。", file=sys.stderr)
        time.sleep(1)
        return self._start(self.job_command)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self, children: list[subprocess.Popen[bytes]]) -> None:
        alive = [child for child in children if child.poll() is None]
        for child in alive:
            child.terminate()
        until = time.monotonic() + PATIENCE
        for child in alive:
            try:
                child.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
