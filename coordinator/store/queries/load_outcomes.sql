SELECT tenant, outcome::text AS outcome FROM fleetdrift.ledger_outcomes WHERE scan = $1
