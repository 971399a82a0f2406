-- An open change stays with its first date, however old; a resolved one for as long as a tenant's history names it.
DELETE FROM fleetdrift.changes c
WHERE c.fleet = $1 AND c.resolved < now() - $2::interval
  AND NOT EXISTS (SELECT FROM fleetdrift.standing_changes h WHERE h.change = c.change)
