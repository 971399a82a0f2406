"""Reads what infrastructure code declares, Terraform, CloudFormation or SQL, into a `SpecSource`.

`load` is the way in: it reads a path with `terraform`, `cloudformation` or `sql`. `terraform` and `cloudformation` find
the SQL that resources hold, `sql` splits it into declarations; both evaluate with `expressions`. `patching` writes the
way back: patches of the declaring files. Nothing here runs a command or talks to a server.
"""
