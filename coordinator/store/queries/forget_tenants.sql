-- Who is not in the fleet any more.
DELETE FROM fleetdrift.tenants WHERE fleet = $1 AND scan <> $2
