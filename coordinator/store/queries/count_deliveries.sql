-- Notices by who is told, and by whether they were taken; those of a scan that nobody has confirmed wait for no one.
SELECT d.sink,
       count(*) FILTER (WHERE d.ended IS NULL)::integer AS waiting,
       count(*) FILTER (WHERE d.ended IS NOT NULL AND d.failure = '')::integer AS delivered,
       count(*) FILTER (WHERE d.ended IS NOT NULL AND d.failure <> '')::integer AS given_up
FROM fleetdrift.deliveries d
JOIN fleetdrift.notices n ON n.notice = d.notice
WHERE n.fleet = $1 AND NOT n.held
GROUP BY d.sink
ORDER BY d.sink
