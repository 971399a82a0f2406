INSERT INTO fleetdrift.reports (scan, fleet, status, content_hash, document) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (scan) DO UPDATE
SET status = EXCLUDED.status, content_hash = EXCLUDED.content_hash, document = EXCLUDED.document, finished = now()
