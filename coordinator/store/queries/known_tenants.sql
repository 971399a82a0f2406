SELECT count(*)::integer AS tenants FROM fleetdrift.tenants WHERE fleet = $1 AND left_fleet IS NULL
