UPDATE fleetdrift.leases SET until = clock_timestamp() WHERE name = $1 AND holder = $2
