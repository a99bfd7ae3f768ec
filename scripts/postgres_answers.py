"""Exit code 0 if the PostgreSQL server of the given URL lets us in; otherwise the reason on standard output."""

import re
import sys

import psycopg

try:
    server = re.sub(r"/[^/?]*(\?|$)", r"/postgres\1", sys.argv[1].replace("postgres://", "postgresql://", 1))
    psycopg.connect(server, connect_timeout=3).close()
except psycopg.Error as problem:
    print(str(problem).strip().splitlines()[-1])
    sys.exit(1)
