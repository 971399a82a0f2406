SELECT document::text AS document FROM fleetdrift.changes WHERE fleet = $1 AND id = ANY ($2::text[])
