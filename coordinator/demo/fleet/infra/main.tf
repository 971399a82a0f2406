# One PostgreSQL database per customer, one schema for all of them.

terraform {
  required_providers {
    sql = {
      source  = "paultyng/sql"
      version = "~> 0.5"
    }
  }
}

variable "tenants" {
  description = "Who has a database, and what it is called."
  type        = map(object({ database = string }))
  default = {
    "tenant-001" = { database = "tenant-001" }
    "tenant-002" = { database = "tenant-002" }
    "tenant-003" = { database = "tenant-003" }
  }
}

locals {
  sql            = "${path.module}/../sql"
  plans          = ["free", "team", "enterprise"]
  schema_version = "20260105090000"
}

resource "sql_migrate" "tenant" {
  for_each = var.tenants

  migration {
    id   = "20250901090000"
    up   = file("${local.sql}/001_customers.sql")
    down = "DROP TABLE customers;"
  }

  migration {
    id   = "20250915090000"
    up   = file("${local.sql}/002_orders.sql")
    down = "DROP TABLE orders;"
  }

  migration {
    id   = "20251103090000"
    up   = file("${local.sql}/003_order_items.sql")
    down = "DROP TABLE order_items;"
  }

  migration {
    id   = local.schema_version
    up   = templatefile("${local.sql}/004_plans.sql.tftpl", { plans = local.plans })
    down = "DROP VIEW order_totals; DROP TABLE subscriptions; DROP TYPE plan;"
  }
}

output "schema_version" {
  description = "The version every tenant should be at."
  value       = local.schema_version
}
