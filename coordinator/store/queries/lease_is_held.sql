SELECT true FROM fleetdrift.leases WHERE name = $1 AND until >= clock_timestamp()
