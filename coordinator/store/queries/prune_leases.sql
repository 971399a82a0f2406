-- That of an unfinished scan is kept: it says that the process that performed it ended.
DELETE FROM fleetdrift.leases AS held
WHERE until < clock_timestamp() - interval '1 day'
  AND NOT EXISTS (SELECT FROM fleetdrift.scans WHERE 'scan:' || scan = held.name AND finished IS NULL)
