resource "aws_db_instance" "orders" {
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
}

resource "null_resource" "schema" {
  provisioner "local-exec" {
    command = "psql -h ${aws_db_instance.orders.address} -f ${path.module}/orders.sql"
  }

  provisioner "local-exec" {
    command = "psql -h ${aws_db_instance.orders.address} -c 'CREATE INDEX orders_by_email ON orders (email)'"
  }
}
