"""`python -m coordinator.cli`: the same as `fleetdrift`, for processes we start ourselves."""

from coordinator.cli.main import main

main()
