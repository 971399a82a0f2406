-- What is kept names its format. Everything that is there was written in format 1, before formats had names.

-- Speaks of the documents in ledger and ledger_outcomes; the tables themselves are as this migration leaves them.
ALTER TABLE fleetdrift.scans ADD COLUMN ledger_format integer NOT NULL DEFAULT 1;

UPDATE fleetdrift.reports SET document = convert_to(E'fleetdrift report/1\n', 'UTF8') || document;

UPDATE fleetdrift.blobs
SET kind = 'snapshot/1', data = convert_to(E'fleetdrift snapshot/1\n', 'UTF8') || data
WHERE kind = 'snapshot';

-- They were named without the code that made them: another release may judge and plan differently.
DELETE FROM fleetdrift.blobs WHERE kind = 'analysis';
