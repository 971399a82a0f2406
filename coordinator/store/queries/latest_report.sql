SELECT fleet, finished, document FROM fleetdrift.reports WHERE fleet = $1 ORDER BY finished DESC LIMIT 1
