-- To the minute: a token that is used all the time is written seldom.
UPDATE fleetdrift.tokens SET last_used = now()
WHERE token = $1 AND (last_used IS NULL OR last_used < now() - interval '1 minute')
