-- $2 is the scan; null ends whatever suspicion there is. Gives whether there was any.
UPDATE fleetdrift.fleets
SET suspicious_scan = NULL, suspicious_reason = '', suspicious_before = '[]', suspicious_drifted = 0
WHERE fleet = $1 AND suspicious_scan IS NOT NULL AND ($2::text IS NULL OR suspicious_scan = $2)
RETURNING fleet
