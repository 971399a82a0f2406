"""The service: requests, schedule, HTTP API and metrics of `fleetdrift serve`."""
