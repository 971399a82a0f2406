UPDATE fleetdrift.notices SET held = false WHERE fleet = $1 AND held
