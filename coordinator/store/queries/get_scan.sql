SELECT scan, fleet, state, requested, finished, epoch, tenants, reason, requested_by, purpose, answered, selection
FROM fleetdrift.scans_now WHERE scan = $1
