-- Scans that failed since one last gave a report.
SELECT count(*)::integer AS failed
FROM fleetdrift.scans
WHERE fleet = $1 AND state = 'failed' AND finished > coalesce(
    (SELECT max(finished) FROM fleetdrift.scans WHERE fleet = $1 AND state IN ('in_sync', 'drift', 'incomplete')), '-infinity')
