-- In which shapes changes are now, with how many tenants.
SELECT c.id, s.shape, sum(t.tenants)::integer AS tenants
FROM fleetdrift.changes c
JOIN fleetdrift.standing_changes h ON h.change = c.change
JOIN fleetdrift.stands t ON t.fleet = $1 AND t.known = h.standing
JOIN fleetdrift.standings s ON s.standing = h.standing
WHERE c.fleet = $1 AND c.id = ANY ($2::text[])
GROUP BY c.id, s.shape
ORDER BY c.id, -sum(t.tenants), s.shape
