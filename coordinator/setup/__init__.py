"""Helps to set fleetdrift up: a first configuration, the role that reads, and what is in the way."""
