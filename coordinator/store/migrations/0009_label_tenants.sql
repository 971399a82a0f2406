-- Labels are an object of texts, name by name, so that tenants can be chosen by them.
ALTER TABLE fleetdrift.tenants ALTER COLUMN labels SET DEFAULT '{}';
UPDATE fleetdrift.tenants SET labels = '{}' WHERE labels = '[]';
