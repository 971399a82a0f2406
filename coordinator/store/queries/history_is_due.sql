-- Gives a row once a day.
UPDATE fleetdrift.fleets SET history_pruned = now()
WHERE fleet = $1 AND (history_pruned IS NULL OR history_pruned < now() - interval '1 day')
RETURNING fleet
