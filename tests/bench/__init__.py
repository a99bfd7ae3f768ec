"""Benches: what the product carries on a machine, beside its peers and the limit of the bare server. Not run by pytest.

`cluster` a PostgreSQL of the bench's own · `scene` the data set and its sign-ins · `servers` two web processes, production-like ·
`http` and `load` the client · `cost` CPU, memory · `bars` peers and targets · `report` the table · `web` the reads (`make bench-web`).
"""
