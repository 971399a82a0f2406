UPDATE fleetdrift.fleets
SET suspicious_scan = $2, suspicious_reason = $3, suspicious_before = $4::jsonb, suspicious_drifted = $5
WHERE fleet = $1
