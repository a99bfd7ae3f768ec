"""Runs Lighthouse on the public pages of a served demo city and prints the median of several runs; called by scripts/lighthouse.sh."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent))

from public_pages import addresses

RUNS = int(os.environ.get("RUNS", "3"))
WANTED = 95


@contextmanager
def served(port: str) -> Iterator[None]:
    """The platform as in production: two processes behind one port."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def wait(root: str) -> None:
    for _n in range(60):
        try:
            urlopen(f"{root}/healthz").close()  # noqa: S310 -- our own server
        except URLError:
            time.sleep(0.5)
        else:
            return
    sys.exit("The server did not start.")


def measure(place: Path, address: str) -> dict[str, float]:
    out = place / "report.json"
    command = [
        str(place / "node_modules/.bin/lighthouse"), address, "--quiet", "--output=json", f"--output-path={out}",
        "--only-categories=performance,accessibility", "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]  # fmt: skip
    subprocess.run(command, check=True)
    report = json.loads(out.read_text())
    audits = report["audits"]
    return {
        "performance": 100 * (report["categories"]["performance"]["score"] or 0),
        "accessibility": 100 * (report["categories"]["accessibility"]["score"] or 0),
        "fcp": audits["first-contentful-paint"]["numericValue"] / 1000,
        "lcp": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "tbt": audits["total-blocking-time"]["numericValue"],
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "kilobytes": audits["total-byte-weight"]["numericValue"] / 1024,
    }


def main() -> int:
    place, port = Path(sys.argv[1]), sys.argv[2]
    root = f"http://127.0.0.1:{port}"
    pages = addresses()
    low = False
    with served(port):
        wait(root)
        print(f"{'page':13} perf  a11y   FCP s   LCP s  TBT ms    CLS     KB   (median of {RUNS}, mobile)")
        for name, path in pages.items():
            urlopen(root + quote(path, safe="/?=&")).close()  # noqa: S310 -- our own server; the first answer compiles the templates
            runs = [measure(place, root + path) for _n in range(RUNS)]
            got = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            low = low or min(got["performance"], got["accessibility"]) < WANTED
            print(
                f"{name:13} {got['performance']:4.0f}  {got['accessibility']:4.0f}  {got['fcp']:6.2f}  {got['lcp']:6.2f}  {got['tbt']:6.0f}"
                f"  {got['cls']:5.3f}  {got['kilobytes']:5.0f}",
                flush=True,
            )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
