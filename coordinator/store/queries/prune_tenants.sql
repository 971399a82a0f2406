DELETE FROM fleetdrift.tenants t
WHERE t.fleet = $1 AND t.left_fleet < now() - $2::interval
  AND NOT EXISTS (SELECT FROM fleetdrift.stays y WHERE y.number = t.number)
