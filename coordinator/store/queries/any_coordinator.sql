SELECT EXISTS (SELECT FROM fleetdrift.leases WHERE until > clock_timestamp())
