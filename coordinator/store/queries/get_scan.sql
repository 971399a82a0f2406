SELECT scan, fleet, state, requested, finished, epoch, tenants, reason FROM fleetdrift.scans WHERE scan = $1
