DELETE FROM fleetdrift.blobs b
WHERE used < now() - $1::interval
  AND NOT EXISTS (SELECT FROM fleetdrift.reports r WHERE r.skeleton = b.name)
  AND NOT EXISTS (SELECT FROM fleetdrift.skeleton_groups s WHERE s.name = b.name)
  AND NOT EXISTS (SELECT FROM fleetdrift.groups g WHERE g.name = b.name)
