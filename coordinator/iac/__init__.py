"""Reads what infrastructure code declares (Terraform, CloudFormation, Atlas, SQL) into a `Reading` and a `SpecSource`.

`load` is the way in: it reads a path with `terraform`, `cloudformation`, `atlas` or `sql`. The first two find the SQL
that resources hold, `atlas` turns blocks into SQL, `sql` splits it into declarations; `hcl` gives trees, `expressions`
evaluates. `patching` writes the way back: patches of the declaring files. Nothing here runs a command or talks to a
server.
"""
