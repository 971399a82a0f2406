-- How the scan before this one ended.
SELECT state FROM fleetdrift.scans WHERE fleet = $1 AND scan <> $2 AND finished IS NOT NULL ORDER BY finished DESC LIMIT 1
