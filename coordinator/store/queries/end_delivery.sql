UPDATE fleetdrift.deliveries SET ended = now(), failure = $3, tries = tries + 1 WHERE notice = $1 AND sink = $2
