-- Of tenants that are long gone: of the others something newer is kept.
DELETE FROM fleetdrift.signs WHERE fleet = $1 AND read_in_full < now() - $2::interval
