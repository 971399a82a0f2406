-- Only what may still stand for a reading: of the same things, and read in full not too long ago.
SELECT tenant, host, database, namespace, identity, written, observed, read_in_full
FROM fleetdrift.signs
WHERE fleet = $1 AND scope = $2 AND read_in_full > $3
