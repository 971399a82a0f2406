-- What no report that is kept names, and no tenant is known to be in.
DELETE FROM fleetdrift.groups g
WHERE g.fleet = $1
  AND NOT EXISTS (SELECT FROM fleetdrift.report_groups r WHERE r.name = g.name)
  AND NOT EXISTS (
      SELECT FROM fleetdrift.tenants t JOIN fleetdrift.standings k ON k.standing = t.known
      WHERE t.fleet = $1 AND t.left_fleet IS NULL AND k.drift_group = g.id)
