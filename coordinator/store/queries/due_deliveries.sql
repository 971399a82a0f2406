SELECT d.notice, d.sink, d.tries, n.created, n.document::text AS document
FROM fleetdrift.deliveries d
JOIN fleetdrift.notices n ON n.notice = d.notice
WHERE n.fleet = $1 AND d.ended IS NULL AND NOT n.held AND d.next_try <= now()
ORDER BY n.created, d.sink
LIMIT $2
