SELECT digest, standing FROM fleetdrift.standings WHERE fleet = $1 AND digest = ANY ($2::text[])
