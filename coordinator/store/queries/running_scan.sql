-- The scan that is going on; of several the one that was asked for first.
SELECT scan, tenants, coalesce(answered, 0) AS answered
FROM fleetdrift.scans_now
WHERE fleet = $1 AND finished IS NULL AND state = 'running'
ORDER BY requested
LIMIT 1
