# One PostgreSQL database per customer, one folder of migrations for all of them; tenants.csv says who they are.

terraform {
  required_providers {
    sql = {
      source  = "paultyng/sql"
      version = "~> 0.5"
    }
  }
}

resource "sql_migrate_directory" "tenant" {
  path = "${path.module}/../migrations"
}
