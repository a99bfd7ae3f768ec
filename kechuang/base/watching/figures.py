"""Figures for Prometheus. Counters live in each process (summed over processes when PROMETHEUS_MULTIPROC_DIR names a folder);
what the database knows is read when somebody asks.
"""

import os
from collections.abc import Iterable, Iterator

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from kechuang.base import clock
from kechuang.base.models import AuditEntry, AuditHead, Job, Mail
from kechuang.base.watching.parts import seconds_since_work

OWN = CollectorRegistry()
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
REQUESTS = Counter("kechuang_requests", "Requests answered.", ("view", "method", "status"), registry=OWN)
SECONDS = Histogram("kechuang_request_seconds", "Seconds per request.", ("view",), buckets=BUCKETS, registry=OWN)


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """`view` is a URL's name, so that there are as many series as pages and none names a person."""
    REQUESTS.labels(view, method, f"{status // 100}xx").inc()
    SECONDS.labels(view).observe(seconds)


class _Database:
    """Jobs, letters and audit rows as they stand now; a fixed number of queries."""

    def collect(self) -> Iterator[Metric]:
        yield _by_state("kechuang_jobs", "Jobs by state.", Job.objects.values_list("state").annotate(Count("pk")))
        yield _by_state("kechuang_mails", "Letters by state.", Mail.objects.values_list("state").annotate(Count("pk")))
        oldest = Job.objects.filter(state="queued", run_after__lte=clock.now()).aggregate(at=Min("run_after"))["at"]
        waited = (clock.now() - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily("kechuang_job_wait_seconds", "Age of the oldest job that is due.", value=waited)
        yield GaugeMetricFamily("kechuang_audit_rows", "Rows of the audit ledger.", value=AuditEntry.objects.count())
        sealed = AuditHead.objects.values_list("seq", flat=True).first() or 0
        yield GaugeMetricFamily("kechuang_audit_sealed", "Rows of the audit ledger that are chained.", value=sealed)
        idle = seconds_since_work()
        yield GaugeMetricFamily("kechuang_worker_seen_seconds", "Seconds since a job worker was seen.", value=idle)


def _by_state(name: str, says: str, rows: Iterable[tuple[str, int]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=["state"])
    for state, count in rows:
        family.add_metric([state], count)
    return family


def page() -> bytes:
    """The text that Prometheus reads."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        everywhere = CollectorRegistry()
        multiprocess.MultiProcessCollector(everywhere)
    else:
        everywhere = OWN
    here = CollectorRegistry(auto_describe=False)
    here.register(_Database())
    return generate_latest(everywhere) + generate_latest(here)
