UPDATE fleetdrift.deliveries SET next_try = now() + $3::interval, failure = $4, tries = tries + 1 WHERE notice = $1 AND sink = $2
