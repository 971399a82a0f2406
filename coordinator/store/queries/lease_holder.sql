-- The lock makes whoever would take the lease wait until the transaction that checked it is over.
SELECT holder FROM fleetdrift.leases WHERE name = $1 AND until >= clock_timestamp() FOR SHARE
