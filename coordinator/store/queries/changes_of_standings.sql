SELECT h.standing, c.id, c.document
FROM fleetdrift.standing_changes h
JOIN fleetdrift.changes c ON c.change = h.change
WHERE h.standing = ANY ($1::bigint[])
ORDER BY h.standing, c.id
