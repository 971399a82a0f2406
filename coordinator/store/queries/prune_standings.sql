-- Where nobody stands, is known to have stood, or stood within the history that is kept.
DELETE FROM fleetdrift.standings s
WHERE s.fleet = $1
  AND NOT EXISTS (SELECT FROM fleetdrift.tenants t WHERE t.fleet = $1 AND t.standing = s.standing)
  AND NOT EXISTS (SELECT FROM fleetdrift.tenants t WHERE t.fleet = $1 AND t.known = s.standing)
  AND NOT EXISTS (SELECT FROM fleetdrift.stays y WHERE y.standing = s.standing)
