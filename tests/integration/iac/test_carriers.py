"""What a carrier declares is what the same SQL in a `.sql` file declares: their compiled schemas are one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coordinator.iac.ladder import ladder_of
from coordinator.iac.load import load_source, read_declaration
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.schema.canonical import schema_hash
from shared.schema.profile import Profile
from shared.schema.relations import Column
from shared.schema.schema import Spec, SpecSource

ATLAS = """\
schema "public" {}
schema "audit" {}
enum "status" {
  schema = schema.public
  values = ["on", "off"]
}
domain "code" {
  schema  = schema.public
  type    = text
  null    = true
  default = "none"
  check "code_length" {
    expr = "length(VALUE) > 3"
  }
}
composite "address" {
  schema = schema.public
  field "street" {
    type = text
  }
  field "city" {
    type = varchar(80)
  }
}
sequence "numbers" {
  schema    = schema.public
  type      = smallint
  start     = 100
  increment = 2
  min_value = 100
  max_value = 1000
  owner     = table.orders.column.number
}
function "twice" {
  schema     = schema.public
  lang       = SQL
  volatility = IMMUTABLE
  strict     = true
  arg "v" {
    type = int
  }
  return = int
  as     = "SELECT v * 2"
}
function "stamp" {
  schema = schema.public
  lang   = PLpgSQL
  return = trigger
  as     = <<-SQL
    BEGIN
      RETURN NEW;
    END
  SQL
}
procedure "clean" {
  schema = schema.public
  lang   = SQL
  arg "days" {
    type    = int
    default = 30
  }
  as = "DELETE FROM orders WHERE id < days"
}
table "orders" {
  schema  = schema.public
  comment = "What was bought"
  column "id" {
    type = bigint
    identity {
      generated = ALWAYS
      start     = 10
    }
  }
  column "number" {
    type = smallint
    null = true
  }
  column "status" {
    type    = enum.status
    default = "on"
    comment = "Whether it counts"
  }
  column "code" {
    type = domain.code
    null = true
  }
  column "sent_to" {
    type = composite.address
    null = true
  }
  column "customer_id" {
    type = int
  }
  column "at" {
    type    = timestamptz(3)
    default = sql("now()")
  }
  column "span" {
    type = int4range
    null = true
  }
  column "double_id" {
    type = int
    null = true
    as   = "twice(customer_id)"
  }
  column "tags" {
    type = sql("text[]")
    null = true
  }
  primary_key {
    columns = [column.id]
  }
  unique "orders_number_key" {
    columns        = [column.number]
    nulls_distinct = false
  }
  check "orders_sane" {
    expr = "id > 0"
  }
  exclude "orders_apart" {
    type = GIST
    on {
      column = column.span
      op     = "&&"
    }
    where = "id > 5"
  }
  foreign_key "orders_customer_fk" {
    columns     = [column.customer_id]
    ref_columns = [table.customers.column.id]
    on_delete   = CASCADE
    on_update   = NO_ACTION
    deferrable  = INITIALLY_DEFERRED
  }
  index "orders_at_idx" {
    on {
      column      = column.at
      desc        = true
      nulls_first = true
    }
    on {
      expr = "twice(customer_id)"
    }
    where   = "status = 'on'"
    include = [column.number]
    comment = "For the list"
  }
  index "orders_tags_idx" {
    type = GIN
    columns = [column.tags]
  }
  row_security {
    enabled  = true
    enforced = true
  }
}
table "customers" {
  schema = schema.public
  column "id" {
    type = int
  }
  column "name" {
    type = varchar(255)
  }
  primary_key {
    columns = [column.id]
  }
  index "customers_name_idx" {
    unique = true
    on {
      column = column.name
      ops    = varchar_pattern_ops
    }
  }
}
table "events" {
  schema = schema.audit
  column "at" {
    type = date
  }
  column "what" {
    type = jsonb
    null = true
  }
  partition {
    type    = RANGE
    columns = [column.at]
  }
}
view "open_orders" {
  schema       = schema.public
  as           = "SELECT id, status FROM orders WHERE status = 'on'"
  depends_on   = [table.orders]
  check_option = CASCADED
}
materialized "totals" {
  schema = schema.public
  column "n" {
    type = bigint
  }
  as         = "SELECT count(*) AS n FROM open_orders"
  depends_on = [view.open_orders]
  index "totals_n_idx" {
    columns = [column.n]
  }
}
trigger "orders_stamp" {
  on = table.orders
  before {
    insert    = true
    update_of = [table.orders.column.status]
  }
  when = "NEW.id > 0"
  execute {
    function = function.stamp
  }
}
policy "orders_read" {
  on    = table.orders
  as    = RESTRICTIVE
  for   = SELECT
  to    = [PUBLIC]
  using = "id > 0"
}
"""
SQL = """\
CREATE SCHEMA audit;
CREATE TYPE status AS ENUM ('on', 'off');
CREATE DOMAIN code AS text DEFAULT 'none' CONSTRAINT code_length CHECK (length(VALUE) > 3);
CREATE TYPE address AS (street text, city varchar(80));
CREATE SEQUENCE numbers AS smallint START 100 INCREMENT 2 MINVALUE 100 MAXVALUE 1000;
CREATE FUNCTION twice(v int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT v * 2';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
  RETURN NEW;
END$$;
CREATE TABLE customers (id int PRIMARY KEY, name varchar(255) NOT NULL);
CREATE UNIQUE INDEX customers_name_idx ON customers (name varchar_pattern_ops);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY (START 10) PRIMARY KEY,
  number smallint,
  status status NOT NULL DEFAULT 'on',
  code code,
  sent_to address,
  customer_id int NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  span int4range,
  double_id int GENERATED ALWAYS AS (twice(customer_id)) STORED,
  tags text[],
  CONSTRAINT orders_number_key UNIQUE NULLS NOT DISTINCT (number),
  CONSTRAINT orders_sane CHECK (id > 0),
  CONSTRAINT orders_apart EXCLUDE USING gist (span WITH &&) WHERE (id > 5),
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE
    DEFERRABLE INITIALLY DEFERRED
);
ALTER SEQUENCE numbers OWNED BY orders.number;
CREATE PROCEDURE clean(days int DEFAULT 30) LANGUAGE sql AS 'DELETE FROM orders WHERE id < days';
CREATE INDEX orders_at_idx ON orders (at DESC, twice(customer_id)) INCLUDE (number) WHERE status = 'on';
CREATE INDEX orders_tags_idx ON orders USING gin (tags);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE TABLE audit.events (at date NOT NULL, what jsonb) PARTITION BY RANGE (at);
CREATE VIEW open_orders AS SELECT id, status FROM orders WHERE status = 'on' WITH CASCADED CHECK OPTION;
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM open_orders;
CREATE INDEX totals_n_idx ON totals (n);
CREATE TRIGGER orders_stamp BEFORE INSERT OR UPDATE OF status ON orders FOR EACH ROW WHEN (NEW.id > 0)
  EXECUTE FUNCTION stamp();
CREATE POLICY orders_read ON orders AS RESTRICTIVE FOR SELECT USING (id > 0);
COMMENT ON TABLE orders IS 'What was bought';
COMMENT ON COLUMN orders.status IS 'Whether it counts';
COMMENT ON INDEX orders_at_idx IS 'For the list';
"""


PLAIN = "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c text, e text NOT NULL DEFAULT 'x');\n"
FLYWAY = {
    "V1__a.sql": "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid());",
    "V1.1__c.sql": "ALTER TABLE a ADD c text;",
    "U1.1__c.sql": "ALTER TABLE a DROP c;",
    "R__e.sql": "ALTER TABLE a ADD e text NOT NULL DEFAULT 'x';",
}
LIQUIBASE = """\
--liquibase formatted sql
--changeset a:1
CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c text);
--rollback DROP TABLE a;
--changeset a:2
ALTER TABLE a ADD e text NOT NULL DEFAULT 'x';
"""
GENERIC = """\
Resources:
  S:
    Type: Generic::Database::Schema
    Properties:
      Databases:
        - Name: d
          Tables:
            - Name: a
              PrimaryKey: {Name: id, Type: uuid, Default: gen_random_uuid()}
              Columns: [{Name: c, Type: text, Nullable: true}, {Name: e, Type: text, Default: "'x'"}]
"""
LOOP = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Columns:
    - Column
    - [c text, "e text NOT NULL DEFAULT 'x'"]
    - Add&{Column}:
        Type: Custom::Sql
        DependsOn: Table
        Properties: {Sql: !Sub 'ALTER TABLE a ADD ${Column}'}
  Table:
    Type: Custom::Sql
    Properties: {Sql: CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid())}
"""
STATE = """\
{"version": 4, "terraform_version": "1.11.4", "resources": [
  {"mode": "managed", "type": "sql_migrate", "name": "a", "instances": [{"attributes": {"migration": [
    {"id": "1", "up": "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid())", "down": ""},
    {"id": "2", "up": "ALTER TABLE a ADD c text, ADD e text NOT NULL DEFAULT 'x'", "down": ""}]}}]}]}
"""
PLAN = """\
{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [
  {"address": "sql_migrate.a", "mode": "managed", "type": "sql_migrate", "name": "a", "values": {"migration": [
    {"id": "1", "down": "",
     "up": "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c text, e text NOT NULL DEFAULT 'x')"}]}}]}}}
"""
CDK = {
    "manifest.json": """{"artifacts": {"S": {"type": "aws:cloudformation:stack",
        "properties": {"templateFile": "S.template.json"}}}}""",
    "S.template.json": """{"Resources": {"Q": {"Type": "Custom::AWS", "Properties": {"Create": {"Fn::Join": ["", [
        "{\\"action\\":\\"executeStatement\\",\\"parameters\\":{\\"resourceArn\\":\\"", {"Fn::GetAtt": ["C", "Arn"]},
        "\\",\\"sql\\":\\"CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c text, ",
        "e text NOT NULL DEFAULT 'x')\\"}}"]]}}}, "C": {"Type": "AWS::RDS::DBCluster"}}}""",
}
ATLAS_TERRAFORM = """\
resource "atlas_schema" "s" {
  url = "postgres://h/d"
  hcl = <<-E
    schema "public" {}
    table "a" {
      schema = schema.public
      column "id" {
        type    = uuid
        default = sql("gen_random_uuid()")
      }
      column "c" {
        type = text
        null = true
      }
      column "e" {
        type    = text
        default = "x"
      }
      primary_key {
        columns = [column.id]
      }
    }
  E
}
"""


def compiled(postgres: EmbeddedPostgres, path: Path) -> Spec:
    return asyncio.run(compile_spec(ScratchServer(postgres.dsn()), load_source(path), Profile()))


@pytest.mark.parametrize(
    ("source", "files", "sql"),
    [
        pytest.param("schema.pg.hcl", {"schema.pg.hcl": ATLAS}, SQL, id="Atlas HCL"),
        pytest.param("infra", {"infra/main.tf": ATLAS_TERRAFORM}, PLAIN, id="Atlas in Terraform"),
        pytest.param("db", {f"db/{name}": text for name, text in FLYWAY.items()}, PLAIN, id="Flyway"),
        pytest.param("db", {"db/changes.sql": LIQUIBASE}, PLAIN, id="Liquibase"),
        pytest.param("t.yaml", {"t.yaml": GENERIC}, PLAIN, id="Generic::Database::Schema"),
        pytest.param("t.yaml", {"t.yaml": LOOP}, PLAIN, id="Fn::ForEach"),
        pytest.param("cdk.out", {f"cdk.out/{name}": text for name, text in CDK.items()}, PLAIN, id="CDK"),
        pytest.param("terraform.tfstate", {"terraform.tfstate": STATE}, PLAIN, id="state"),
        pytest.param("plan.json", {"plan.json": PLAN}, PLAIN, id="plan"),
    ],
)
def test_a_carrier_declares_what_the_same_sql_declares(
    source: str, files: dict[str, str], sql: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    for name, text in {**files, "same.sql": sql}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    found, expected = compiled(postgres, tmp_path / source), compiled(postgres, tmp_path / "same.sql")
    assert list(found.schema) == list(expected.schema)
    assert schema_hash(found.schema) == schema_hash(expected.schema)
    assert found.source.unread == ()


def test_each_declared_version_has_its_shape(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    for name, text in FLYWAY.items():
        (tmp_path / name).write_text(text, "utf-8")
    ladder = ladder_of(read_declaration(tmp_path).pieces)
    assert ladder is not None
    scratch = ScratchServer(postgres.dsn())
    columns = []
    for step in ladder.steps:
        source = SpecSource(declarations=ladder.up_to(step.version))
        spec = asyncio.run(compile_spec(scratch, source, Profile()))
        columns.append([item.name for item in spec.schema if isinstance(item, Column)])
    assert columns == [["id"], ["c", "e", "id"]]
