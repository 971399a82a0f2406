SELECT tenant AS item, attempt, strikes, batch FROM fleetdrift.ledger_marks WHERE scan = $1
