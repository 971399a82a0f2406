"""Stand-ins for extensions that the embedded server lacks: what their members are called, take and give, as data.

One file of facts (`<extension>.json`) for each, read from a real server by `python -m tests.extras.stand_in_facts`. The
file says which. `files` makes control and script files of them.
"""
