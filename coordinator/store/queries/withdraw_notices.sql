DELETE FROM fleetdrift.notices WHERE fleet = $1 AND held RETURNING changes
