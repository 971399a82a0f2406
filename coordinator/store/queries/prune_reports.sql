DELETE FROM fleetdrift.reports WHERE scan IN (
    SELECT scan FROM fleetdrift.reports WHERE fleet = $1 ORDER BY finished DESC OFFSET $2
)
