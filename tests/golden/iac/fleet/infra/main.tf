# Two tenants, one schema: what a reader of the documentation would write first.

variable "tenants" {
  type = map(object({
    database = string
    tier     = optional(string, "free")
  }))
  default = {
    acme = { database = "tenant_acme" }
    beta = { database = "tenant_beta", tier = "gold" }
  }
}

locals {
  schema_version = "20260105"
  tables         = ["invoices", "payments"]
}

resource "null_resource" "schema" {
  for_each = var.tenants

  triggers = {
    sha = filesha256("${path.module}/../sql/customers.sql")
  }

  provisioner "local-exec" {
    command = <<-EOT
      psql "postgres://localhost/${each.value.database}" -v ON_ERROR_STOP=1 \
        -f ${path.module}/../sql/customers.sql
      psql "postgres://localhost/${each.value.database}" <<SQL
      ${templatefile("${path.module}/../sql/ledger.sql.tftpl", { tables = local.tables })}
      SQL
    EOT
  }
}

resource "terraform_data" "indexes" {
  for_each   = var.tenants
  depends_on = [null_resource.schema]

  input = {
    database = each.value.database
    sql      = <<-SQL
      -- looked up by every request
      CREATE INDEX customers_email_idx
        ON customers (email);
    SQL
  }
}
