"""The events of the log: everything that fleetdrift logs is one of these records, and nothing else is logged.

An event carries ids, names of tenants and hosts, counts and kinds. It never carries a secret, SQL, or the text of an
exception. docs/logs.md lists them for those who read the log; a test holds that page to this room.
"""
