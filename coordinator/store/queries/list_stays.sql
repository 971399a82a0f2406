SELECT y.since, y.until, y.standing, s.document, s.decided
FROM fleetdrift.stays y
JOIN fleetdrift.standings s ON s.standing = y.standing
WHERE y.number = $1
ORDER BY y.since
