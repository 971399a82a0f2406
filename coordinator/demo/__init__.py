"""`fleetdrift demo`: the story the product was born from, on servers of its own. The declaration is in `fleet/`."""
