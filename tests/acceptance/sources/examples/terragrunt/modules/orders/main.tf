variable "index_name" {
  type = string
}

resource "null_resource" "schema" {
  provisioner "local-exec" {
    command = "psql -f ${path.module}/orders.sql"
  }

  provisioner "local-exec" {
    command = "psql -c 'CREATE INDEX ${var.index_name} ON orders (email)'"
  }
}
