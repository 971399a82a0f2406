-- One report of a fleet is recorded at a time; each at a moment later than the one before, whatever the clock does. $2 is how far the
-- clock of the store is behind.
INSERT INTO fleetdrift.fleets AS f (fleet) VALUES ($1)
ON CONFLICT (fleet) DO UPDATE SET fleet = f.fleet
RETURNING scanned AS before, greatest(clock_timestamp() - $2::interval, scanned + interval '1 microsecond', recorded + interval '1 microsecond') AS at, spec,
          suspicious_scan, suspicious_drifted
