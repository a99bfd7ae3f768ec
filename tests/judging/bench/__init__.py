"""The bars of the judging engine, measured on public data beside other engines: `make bench-judging`."""
