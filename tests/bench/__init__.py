"""Benches: what the product carries on a machine, beside its peers and the limit of the bare server. Not run by pytest.

`cluster` a PostgreSQL of the bench's own · `scene` the data set and its sign-ins · `servers` two web processes, production-like ·
`http` and `load` the client · `cost` CPU, memory · `bars` peers and targets · `report` the table · `web` the reads and
the two flows that write (`flows`, `flow_plans`; `make bench-web`) · `storm` the last minutes before a deadline (`make bench-storm`).
"""
