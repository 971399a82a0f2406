"""`fleetdrift apply`: a proven plan, tenant after tenant, the canary first. The only room that has a tenant written to.

`plan_file` reads what was proven, `admission` says what may run, `stages` and `waves` in which order, `rehearsal` tries
it on a scratch copy, `survey` finds where each tenant stands, `runner` acts, `journal` remembers.
"""
