SELECT target::text AS target, attempt, strikes, outcome::text AS outcome
FROM fleetdrift.ledger
WHERE scan = $1
ORDER BY ordinal
