"""What transforms make of a template before anything else, nested stacks, values given by name, folders of the CDK."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.assignment import Assignment
from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.reading import Reading
from coordinator.iac.source import SourceError
from shared.schema.schema import SpecSource, told


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def load(folder: Path, text: str, **parameters: str) -> SpecSource:
    return load_source(write(folder, t_yaml=text) / "t.yaml", variables=parameters)


def said(source: SpecSource) -> list[str]:
    return [f"{item.origin} {item.origin.address}: {item.sql}" for item in source.declarations]


def custom(name: str, sql: str) -> str:
    return f"  {name}:\n    Type: Custom::Sql\n    Properties:\n      Sql: {sql}\n"


def test_a_loop_makes_a_resource_of_each_item(tmp_path: Path) -> None:
    text = (
        "Parameters:\n  Names: {Type: CommaDelimitedList, Default: 'a-1,b'}\nResources:\n"
        "  Fn::ForEach::Tables:\n    - Name\n    - !Ref Names\n    - T&{Name}:\n        Type: Custom::Sql\n"
        "        Properties:\n          Sql: !Sub 'CREATE TABLE \"${Name}\" ()'\n"
        "          Fn::ForEach::Columns:\n            - Column\n            - [x]\n            - Ddl${Column}:\n"
        "                sql: !Join ['', ['CREATE TABLE ', !Ref Column, '_&{Name} ()']]\n"
    )
    assert said(load(tmp_path, text)) == [
        't.yaml:10 Ta1: CREATE TABLE "a-1" ()',
        "t.yaml:15 Ta1: CREATE TABLE x_a1 ()",
        't.yaml:10 Tb: CREATE TABLE "b" ()',
        "t.yaml:15 Tb: CREATE TABLE x_b ()",
    ]


def test_a_loop_over_what_nobody_knows_is_said(tmp_path: Path) -> None:
    text = (
        "Resources:\n" + custom("A", "CREATE TABLE a ()") + "  Fn::ForEach::More:\n    - N\n"
        "    - !Split [',', !ImportValue names]\n    - R${N}: {Type: 'Custom::Sql', Properties: {Sql: 'SELECT 1'}}\n"
    )
    (unread,) = load(tmp_path, text).unread
    assert told(unread) == ("t.yaml:7: Fn::ForEach::More: not read: its values are known only after deployment")


def test_an_included_file_stands_where_it_is_included_and_keeps_its_lines(tmp_path: Path) -> None:
    write(tmp_path, inc_yaml="# a comment\nSql: CREATE TABLE inc ()\n")
    text = (
        "Resources:\n  T:\n    Type: Custom::Sql\n    Properties:\n      Fn::Transform:\n        Name: AWS::Include\n"
        "        Parameters: {Location: ./inc.yaml}\n"
    )
    assert said(load(tmp_path, text)) == ["inc.yaml:2 T: CREATE TABLE inc ()"]


def test_an_include_from_elsewhere_is_said(tmp_path: Path) -> None:
    text = (
        "Resources:\n" + custom("A", "CREATE TABLE a ()") + "  T:\n    Type: Custom::Sql\n    Properties:\n"
        "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://bucket/props.yaml'}}\n"
    )
    assert [carrier.address for carrier in load(tmp_path, text).unread] == ["T", "T.Properties"]


def test_sql_that_postgresql_refuses_is_no_silence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"t\.yaml:5: SQL syntax error"):
        load(tmp_path, "Resources:\n" + custom("A", "CREATE TABLE inner ()"))


def test_values_that_only_aws_knows_can_be_given_by_name(tmp_path: Path) -> None:
    text = (
        "Mappings: {M: {a: {k: x}}}\nResources:\n"
        + custom("A", "!Sub \"CREATE TABLE a (r text DEFAULT '${AWS::Region}')\"")
        + custom("B", "!Sub ['CREATE TABLE ${N} ()', {N: !ImportValue net-Name}]")
        + custom("C", "!Sub \"CREATE TABLE c (h text DEFAULT '${Db.Endpoint.Address}')\"")
        + custom("D", "!Sub ['CREATE TABLE d${V} ()', {V: !FindInMap [M, zz, k, {DefaultValue: '7'}]}]")
        + "  Db: {Type: 'AWS::RDS::DBInstance'}\n"
    )
    given = {"AWS::Region": "eu-1", "net-Name": "orders", "Db.Endpoint.Address": "h"}
    assert [item.sql for item in load(tmp_path, text, **given).declarations] == [
        "CREATE TABLE a (r text DEFAULT 'eu-1')",
        "CREATE TABLE orders ()",
        "CREATE TABLE c (h text DEFAULT 'h')",
        "CREATE TABLE d7 ()",
    ]
    assert [carrier.address for carrier in load(tmp_path, text).unread] == ["A", "B", "C"]


def test_a_misspelt_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no parameter 'Regoin' is declared by the template"):
        load(tmp_path, "Resources:\n" + custom("A", "CREATE TABLE a ()"), Regoin="x")


def test_a_nested_stack_that_is_a_file_here_is_read_with_its_parameters_and_outputs(tmp_path: Path) -> None:
    write(
        tmp_path,
        child_yaml=(
            "Parameters:\n  Name: {Type: String}\nResources:\n"
            + custom("T", "!Sub 'CREATE TABLE ${Name} ()'")
            + "Outputs:\n  Made: {Value: !Sub '${Name}_made'}\n"
        ),
    )
    text = (
        "Resources:\n"
        + custom("After", "!Sub 'CREATE TABLE ${Child.Outputs.Made} ()'")
        + "    DependsOn: Child\n  Child:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties:\n      TemplateURL: ./child.yaml\n      Parameters: {Name: within}\n"
    )
    assert said(load(tmp_path, text)) == [
        "child.yaml:7 Child.T: CREATE TABLE within ()",
        "t.yaml:5 After: CREATE TABLE within_made ()",
    ]


@pytest.mark.parametrize("url", ["https://b.s3.amazonaws.com/c.yaml", "!Ref Url", "gone.yaml"])
def test_a_nested_stack_that_is_not_here_is_said(url: str, tmp_path: Path) -> None:
    text = (
        "Parameters: {Url: {Type: String}}\nResources:\n"
        + custom("A", "CREATE TABLE a ()")
        + f"  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {url}}}\n"
    )
    assert [carrier.address for carrier in load(tmp_path, text).unread] == ["Child"]


def test_a_stack_nested_in_itself_is_refused(tmp_path: Path) -> None:
    text = "Resources:\n  C: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: t.yaml}}\n"
    with pytest.raises(SourceError, match=r"t\.yaml:2: the stack 'C' is nested in itself"):
        load(tmp_path, text)


def test_a_folder_of_the_cdk_is_its_stacks_in_the_order_of_their_dependencies(tmp_path: Path) -> None:
    stack = '{{"Resources": {{"R": {{"Type": "Custom::X", "Properties": {{"Statement": "{}"}}}}}}}}'
    manifest = (
        '{"artifacts": {"App": {"type": "aws:cloudformation:stack", "dependencies": ["Db"], "properties": '
        '{"templateFile": "App.template.json"}}, "Tree": {"type": "cdk:tree"}, "Db": '
        '{"type": "aws:cloudformation:stack", "properties": {"templateFile": "Db.template.json"}}}}'
    )
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "App.template.json").write_text(stack.format("ALTER TABLE a ADD b int"))
    (tmp_path / "Db.template.json").write_text(stack.format("CREATE TABLE a ()"))
    assert said(load_source(tmp_path)) == [
        "Db.template.json:1 Db.R: CREATE TABLE a ()",
        "App.template.json:1 App.R: ALTER TABLE a ADD b int",
    ]


def read(folder: Path, text: str) -> Reading:
    return read_declaration(write(folder, t_yaml=text) / "t.yaml")


def sent(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.destination.database, item.sql) for piece in reading.pieces for item in piece.declarations]


def test_a_generic_database_schema_is_read_in_full(tmp_path: Path) -> None:
    text = """\
Resources:
  S:
    Type: Generic::Database::Schema
    Properties:
      ClusterArn: !GetAtt C.Arn
      SQL: [CREATE SCHEMA x]
      Databases:
        - Name: d
          Extensions: [pg_trgm]
          SQL: [ALTER TABLE t ADD n int]
          Tables:
            - Name: t
              PrimaryKey: {Name: id, Type: uuid, Default: gen_random_uuid()}
              Columns: [{Name: c, Type: text, Nullable: true}, {Name: e, Type: text, Default: "'x'"}]
      Users: [{Name: u}]
  C: {Type: 'AWS::RDS::DBCluster'}
"""
    reading = read(tmp_path, text)
    assert sent(reading) == [
        ("postgres", "CREATE SCHEMA x"),
        ("d", 'CREATE EXTENSION IF NOT EXISTS "pg_trgm"'),
        (
            "d",
            (
                "CREATE TABLE IF NOT EXISTS t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), c text, "
                "e text NOT NULL DEFAULT 'x')"
            ),
        ),
        ("d", "ALTER TABLE t ADD n int"),
    ]
    assert [told(carrier) for carrier in reading.carriers if carrier.reason] == [
        "t.yaml:15: S: partly read: users and their grants are not read"
    ]


def test_a_call_of_the_cdk_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    text = """\
Resources:
  Q:
    Type: Custom::AWS
    Properties:
      Create: !Join
        - ''
        - - '{"service":"RDSDataService","action":"executeStatement","parameters":{"resourceArn":"'
          - !Ref C
          - '","database":"app","sql":"CREATE TABLE q (id int)"}}'
  O:
    Type: Custom::AWS
    Properties:
      Create: {service: rds-data, action: executeStatement, parameters: {sql: CREATE TABLE o ()}}
  U:
    Type: Custom::AWS
    Properties:
      Create: {service: rds-data, action: executeStatement, parameters: {sql: !GetAtt C.Arn}}
  S:
    Type: Custom::AWS
    Properties:
      Create: {service: S3, action: putObject, parameters: {Body: x}}
  C: {Type: 'AWS::RDS::DBCluster'}
"""
    reading = read(tmp_path, text)
    assert sent(reading) == [("app", "CREATE TABLE q (id int)"), ("", "CREATE TABLE o ()")]
    assert [carrier.address for carrier in reading.carriers if carrier.reason] == ["U"]


def test_one_unknown_in_a_text_loses_that_statement_and_no_other(tmp_path: Path) -> None:
    sql = "!Sub \"CREATE TABLE a (); CREATE TABLE b (r text DEFAULT '${AWS::Region}'); CREATE TABLE c ();\""
    source = load(tmp_path, "Resources:\n" + custom("A", sql))
    assert [item.sql for item in source.declarations] == ["CREATE TABLE a ()", "CREATE TABLE c ()"]
    (unread,) = source.unread
    assert [str(name) for name in unread.may.objects] == [str(type(unread.may.objects[0])("", "b"))]


def test_objects_of_a_postgresql_provider_are_read_and_its_roles_are_said(tmp_path: Path) -> None:
    text = """\
Resources:
  S:
    Type: Custom::PostgreSQLSchema
    Properties: {Schema: app, Owner: o, Database: {Host: h, DBName: d}}
  X: {Type: 'Custom::PostgreSQLExtension', Properties: {Extension: pg_trgm}}
  U: {Type: 'Custom::PostgreSQLUser', Properties: {User: u}}
"""
    reading = read(tmp_path, text)
    assert sent(reading) == [
        ("d", 'CREATE SCHEMA IF NOT EXISTS "app"'),
        ("", 'CREATE EXTENSION IF NOT EXISTS "pg_trgm"'),
    ]
    assert [carrier.address for carrier in reading.carriers if carrier.reason] == ["U"]


def test_sql_in_programs_and_custom_resources_without_any_are_said_and_nothing_else(tmp_path: Path) -> None:
    text = """\
Resources:
  A: {Type: 'Custom::Sql', Properties: {Sql: CREATE TABLE a ()}}
  Program: {Type: 'AWS::Lambda::Function', Properties: {Code: {ZipFile: 'run("CREATE TABLE z ()")'}}}
  Machine: {Type: 'AWS::EC2::Instance', Properties: {UserData: {'Fn::Base64': 'psql -f x.sql'}}}
  Migrate: {Type: 'Custom::DbMigration', Properties: {Version: '3'}}
  Role: {Type: 'AWS::IAM::Role', Properties: {Policies: [{PolicyDocument: {Statement: [{Action: 'rds:*'}]}}]}}
  Bucket: {Type: 'AWS::S3::Bucket'}
  Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: 'for psql -h'}}
  Query: {Type: 'AWS::Athena::NamedQuery', Properties: {QueryString: CREATE TABLE t AS SELECT 1}}
  Other: {Type: 'Custom::S3AutoDelete', Properties: {Name: b}}
"""
    assert [carrier.address for carrier in load(tmp_path, text).unread] == ["Machine", "Migrate", "Program"]


def test_databases_of_rds_are_tenants(tmp_path: Path) -> None:
    text = """\
Resources:
  A: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: postgres, DBName: tenant_a}}
  B: {Type: 'AWS::RDS::DBCluster', Properties: {Engine: aurora-postgresql, DatabaseName: tenant_b}}
  M: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: mysql, DBName: m}}
"""
    assert [(entry.tenant, entry.database) for entry in read(tmp_path, text).tenants] == [
        ("A", "tenant_a"),
        ("B", "tenant_b"),
    ]


PARAMETERS = """\
[{"ParameterKey": "N", "ParameterValue": "orders"},
 {"ParameterKey": "Many", "ParameterValue": "a,b"}]
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", PARAMETERS),
        ("p.json", '{"Parameters": {"N": "orders", "Many": ["a", "b"]}}'),
        ("p.yaml", "N: orders\nMany: [a, b]\n"),
        ("p.tfvars", 'N = "orders"\nMany = "a,b"\n'),
    ],
)
def test_a_file_of_values_gives_parameters_and_the_last_value_wins(name: str, text: str, tmp_path: Path) -> None:
    template = "Parameters:\n  N: {Type: String}\n  Many: {Type: CommaDelimitedList}\nResources:\n" + custom(
        "A", "!Sub ['CREATE TABLE ${N} (${C} int)', {C: !Select [1, !Ref Many]}]"
    )
    write(tmp_path, t_yaml=template)
    (tmp_path / name).write_text(text, "utf-8")
    file = Assignment("", str(tmp_path / name))
    reading = read_declaration(tmp_path / "t.yaml", (file,))
    assert [sql for _, sql in sent(reading)] == ["CREATE TABLE orders (b int)"]
    reading = read_declaration(tmp_path / "t.yaml", (file, Assignment("N", "x")))
    assert [sql for _, sql in sent(reading)] == ["CREATE TABLE x (b int)"]


def test_a_file_of_values_that_is_none_is_refused(tmp_path: Path) -> None:
    write(tmp_path, t_yaml="Resources:\n" + custom("A", "CREATE TABLE a ()"))
    (tmp_path / "p.json").write_text('[\n{"Key": 1}]', "utf-8")
    with pytest.raises(SourceError, match=r"p\.json:2: expected a mapping with ParameterKey and ParameterValue"):
        read_declaration(tmp_path / "t.yaml", (Assignment("", str(tmp_path / "p.json")),))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Transform: Count\nResources:\n", "t.yaml:1: Transform"),
        ("Transform: [AWS::LanguageExtensions, {Name: Count, Parameters: {}}]\nResources:\n", "t.yaml:1: Transform"),
        ("Resources:\n  B:\n    Type: Custom::Sql\n    Fn::Transform: {Name: Count}\n", "t.yaml:4: B"),
    ],
)
def test_what_a_macro_of_ones_own_makes_is_said(text: str, place: str, tmp_path: Path) -> None:
    source = load(tmp_path, text + custom("A", "CREATE TABLE a ()"))
    assert [told(unread) for unread in source.unread] == [
        f"{place}: not read: what the macro Count makes of it is not known"
    ]
    assert len(source.declarations) == 1
