UPDATE fleetdrift.fleets SET scanned = $2, recorded = $2, spec = $3 WHERE fleet = $1
