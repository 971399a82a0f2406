-- When each of these changes was first found.
SELECT id, first_seen FROM fleetdrift.changes WHERE fleet = $1 AND id = ANY ($2::text[])
