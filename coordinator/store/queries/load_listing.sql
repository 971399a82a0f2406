SELECT tenant, host, database, namespace, labels::text AS labels FROM fleetdrift.listings WHERE fleet = $1 ORDER BY tenant
