"""Django's PostgreSQL backend, for a site whose every page begins with a query.

A kept connection is tried out at the start of each request, or a database that was restarted would cost somebody a page. Django
asks `SELECT 1` for that: a way there and back before every page. A server that goes away closes its connections, which a look
at the socket tells for nothing; only after some seconds of silence, in which something between the two may have gone, is it asked.
"""

import select
import time

from django.db.backends.postgresql import base

TRUSTED_SECONDS = 5
"""How long a connection that has just worked is taken to work."""


class DatabaseWrapper(base.DatabaseWrapper):
    _tried_at = 0.0

    def is_usable(self) -> bool:
        now = time.monotonic()
        if not self.errors_occurred and now - self._tried_at < TRUSTED_SECONDS and self._is_silent():
            self._tried_at = now
            return True
        usable: bool = super().is_usable()
        self._tried_at = now if usable else 0.0
        return usable

    def _is_silent(self) -> bool:
        """Whether the server has neither hung up nor said anything since its last answer."""
        if self.connection is None or self.connection.closed:
            return False
        watched = select.poll()
        watched.register(self.connection.fileno(), select.POLLIN)
        return not watched.poll(0)
