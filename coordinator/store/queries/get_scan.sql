SELECT scan, fleet, state, requested, finished, epoch, tenants FROM fleetdrift.scans WHERE scan = $1
