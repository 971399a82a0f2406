-- Newest first. $2 is the entry after which to go on; 0 begins with the newest.
SELECT entry AS id, at, who, via, address, action, fleet, subject, detail
FROM fleetdrift.audit
WHERE fleet IN ($1, '')
  AND ($2::bigint = 0 OR entry < $2)
  AND ($4::text = '' OR who = $4)
  AND ($5::text = '' OR action = $5)
  AND ($6::timestamptz IS NULL OR at >= $6)
ORDER BY entry DESC
LIMIT $3
