DELETE FROM fleetdrift.notices WHERE fleet = $1 AND created < now() - $2::interval
