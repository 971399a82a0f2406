UPDATE fleetdrift.fleets SET scanned = $2 WHERE fleet = $1
