"""Apply a proven plan to tenants, one first and then in waves. The only room whose code writes to a tenant.

`plan_file` reads what was proven, `admission` says what may run, `stages` and `waves` in which order, `rehearsal` tries
it on a scratch copy, `survey` reads the state of each tenant, `runner` runs the statements, `journal` records them.
"""
