DELETE FROM fleetdrift.scans s
WHERE s.fleet = $1 AND s.finished < now() - $2::interval
  AND NOT EXISTS (SELECT FROM fleetdrift.reports r WHERE r.scan = s.scan)
