SELECT scan, fleet, state, requested, finished, epoch, tenants, reason, requested_by, purpose, answered, selection
FROM fleetdrift.scans_now WHERE fleet = $1 AND idempotency_key = $2
