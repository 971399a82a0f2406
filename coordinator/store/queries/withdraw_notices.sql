DELETE FROM fleetdrift.notices WHERE fleet = $1 AND held RETURNING document::text AS document
