-- History ends where no report that is kept needs it, and not before it is so old.
DELETE FROM fleetdrift.stays y
USING fleetdrift.tenants t
WHERE t.fleet = $1 AND y.number = t.number
  AND y.until < least(now() - $2::interval, (SELECT min(finished) FROM fleetdrift.reports WHERE fleet = $1))
