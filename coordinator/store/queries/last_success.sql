SELECT max(finished) FROM fleetdrift.reports WHERE fleet = $1 AND NOT selective AND status IN ('in_sync', 'drift')
