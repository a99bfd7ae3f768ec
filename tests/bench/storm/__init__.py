"""The storm of the last minutes: 200 clients send 2,000 entries with their files while a server and the database are taken away.

`make bench-storm` (`python -m tests.bench.storm`). Two web processes as production runs them, PostgreSQL in a cluster of its own. One web
process is killed with -9 midway (its master replaces it) and PostgreSQL is restarted once. The deadline comes while some are still
pressing the button. At the end every acknowledged entry must be there exactly once, byte for byte, everybody else must have been told
in words, and nobody may have got in after the deadline. Any of it failing makes the exit code 1.

scene    the call, its pupils, their consents and sessions
papers   the files that the clients upload, each one different and known again by its number
client   one pupil's way from the open call to the receipt, with the retries that the pages make
crowd    a process of many clients
check    what must be true in the database and on the disk afterwards
"""
