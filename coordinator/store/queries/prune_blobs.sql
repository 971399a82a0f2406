DELETE FROM fleetdrift.blobs b
WHERE used < now() - $1::interval
  AND NOT EXISTS (SELECT FROM fleetdrift.report_groups r WHERE r.name = b.name)
  AND NOT EXISTS (SELECT FROM fleetdrift.groups g WHERE g.name = b.name)
