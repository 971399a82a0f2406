"""Probes: one attribute of one kind at a time, changed each way on a real server, judged by pg_dump.

`cases/*.sql` hold the probes; `python -m tests.probes` runs them all and can write `results-NN.json` and
`docs/coverage.md`; `tests/integration/probes` runs the packed form of all of them.
"""
