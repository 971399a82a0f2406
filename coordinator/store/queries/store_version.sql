SELECT coalesce(max(version), 0) FROM fleetdrift.migrations
