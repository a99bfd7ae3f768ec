import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import autodiscover_modules

from kechuang.base import jobs, upkeep

IDLE = 1.0
DATABASE_AWAY = 5.0


class Command(BaseCommand):
    help = "运行后台任务和定时事务，直到被要求停止；有几个空闲的核就可以启动几个。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="没有到期的任务时退出")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("jobs", "duties")
        leaving = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: leaving.set())
        self.stdout.write("Worker started.")
        while not leaving.is_set() and (self._turn(leaving, options["until_idle"]) or not options["until_idle"]):
            close_old_connections()
        if options["until_idle"]:
            upkeep.tick(everything=True)
        connection.close()
        self.stdout.write("Worker stopped.")

    def _turn(self, leaving: threading.Event, until_idle: bool) -> bool:
        """One turn of the loop; False when there was nothing to do."""
        try:
            upkeep.tick()
            job = jobs.claim()
            if job:
                jobs.run_job(job, leaving=leaving, heartbeat=True)
                return True
        except DatabaseError as error:
            self.stderr.write(f"The database is not available, trying again in {DATABASE_AWAY:.0f} s: {error}")
            connection.close()
            leaving.wait(DATABASE_AWAY)
            return True
        if not until_idle:
            leaving.wait(IDLE)
        return False
