-- One that nobody performs ends at once; whoever performs it ends it within seconds.
UPDATE fleetdrift.scans s
SET cancel_reason = coalesce(cancel_reason, $2),
    state = CASE WHEN owned.by_anybody THEN state ELSE 'cancelled' END,
    reason = CASE WHEN owned.by_anybody THEN reason ELSE $2 END,
    finished = CASE WHEN owned.by_anybody THEN NULL ELSE now() END
FROM (SELECT EXISTS (SELECT FROM fleetdrift.leases WHERE name = 'scan:' || $1 AND until > clock_timestamp()) AS by_anybody) owned
WHERE s.scan = $1 AND s.finished IS NULL
