ANALYZE fleetdrift.tenants, fleetdrift.stays, fleetdrift.standings, fleetdrift.standing_changes, fleetdrift.changes
