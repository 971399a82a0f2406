-- Revoked ones count: who revokes the last one does not open the API.
SELECT EXISTS (SELECT FROM fleetdrift.tokens) AS found
