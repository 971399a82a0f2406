DELETE FROM fleetdrift.standing_changes h
WHERE NOT EXISTS (SELECT FROM fleetdrift.standings s WHERE s.standing = h.standing)
