-- Whoever was never scanned does not count: a list that was wrong once is nothing to shrink from.
SELECT count(*)::integer AS tenants
FROM fleetdrift.tenants t
JOIN fleetdrift.standings s ON s.standing = t.standing
WHERE t.fleet = $1 AND t.left_fleet IS NULL AND s.status <> 'never_scanned'
