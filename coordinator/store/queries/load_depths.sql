SELECT tenants::text AS tenants, mismatches FROM fleetdrift.depths WHERE fleet = $1
