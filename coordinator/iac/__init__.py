"""What IaC declares: Terraform, CloudFormation and SQL, read into the `SpecSource` that PostgreSQL then compiles.

Nothing here runs anything or talks to anything: IaC is data, its SQL too. `load` is the way in.
"""
