"""CloudFormation templates: read with places and limits, intrinsics evaluated, SQL of custom resources found."""
