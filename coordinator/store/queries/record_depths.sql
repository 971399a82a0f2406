INSERT INTO fleetdrift.depths (fleet, tenants, mismatches) VALUES ($1, $2::jsonb, $3)
ON CONFLICT (fleet) DO UPDATE SET tenants = excluded.tenants, mismatches = depths.mismatches + excluded.mismatches
