SELECT snapshot FROM fleetdrift.shapes WHERE fleet = $1 AND shape = $2
