DELETE FROM fleetdrift.signs WHERE fleet = $1 AND host = ANY ($2::text[])
