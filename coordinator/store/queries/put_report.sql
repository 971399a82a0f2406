INSERT INTO fleetdrift.reports (scan, fleet, status, content_hash, document, skeleton, finished, selective)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (scan) DO UPDATE
SET status = EXCLUDED.status, content_hash = EXCLUDED.content_hash, document = EXCLUDED.document,
    skeleton = EXCLUDED.skeleton, finished = EXCLUDED.finished
