"""Templates: intrinsics over what the template says, SQL of custom resources with its place, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import load_source
from coordinator.iac.source import SourceError
from shared.schema.schema import SpecSource, told

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Namespace:
    Type: String
    Default: app
  SchemaVersion:
    Type: String
    Default: "20260105"
  Stage: {Type: String, Default: test}
Mappings:
  ByStage:
    test: {Kind: text}
    live: {Kind: citext}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [!Condition IsLive]
Resources:
  Indexes:
    Type: Custom::Sql
    DependsOn: Tables
    Properties:
      ServiceToken: !GetAtt Runner.Arn
      Sql:
        - !Sub "CREATE INDEX a_b_idx ON ${Namespace}.a (b)"
        - !Join [" ", ["CREATE TABLE", !Ref Namespace, "(id int)"]]
  Tables:
    Type: AWS::CloudFormation::CustomResource
    Condition: IsTest
    Properties:
      Schema:
        Ddl:
          Fn::Sub:
            - |
              -- tables
              CREATE TABLE ${Namespace}.a (
                b ${Kind},
                c text DEFAULT '${!literal}'
              );
            - Kind: !FindInMap [ByStage, !Ref Stage, Kind]
  OnlyLive:
    Type: Custom::Sql
    Condition: IsLive
    Properties:
      Sql: CREATE TABLE live ()
  Runner:
    Type: AWS::Lambda::Function
    Properties: {Handler: index.sql, Code: {ZipFile: "SELECT 1"}}
"""


def load(folder: Path, text: str = TEMPLATE, name: str = "template.yaml", **parameters: str) -> SpecSource:
    (folder / name).write_text(text, "utf-8")
    return load_source(folder / name, variables=parameters)


def test_the_sql_of_custom_resources_is_read_in_the_order_of_their_dependencies(tmp_path: Path) -> None:
    source = load(tmp_path)
    assert [(str(item.origin), item.origin.address, item.sql) for item in source.declarations] == [
        (
            "template.yaml:35",
            "Tables",
            "CREATE TABLE app.a (\n  b text,\n  c text DEFAULT '${literal}'\n)",
        ),
        ("template.yaml:24", "Indexes", "CREATE INDEX a_b_idx ON app.a (b)"),
        ("template.yaml:25", "Indexes", "CREATE TABLE app (id int)"),
    ]
    assert source.expected_version == "20260105"
    assert source.unchecked == ()


def test_parameters_choose_conditions_and_mappings(tmp_path: Path) -> None:
    source = load(tmp_path, Stage="live", Namespace="n")
    assert [item.sql for item in source.declarations] == [
        "CREATE INDEX a_b_idx ON n.a (b)",
        "CREATE TABLE n (id int)",
        "CREATE TABLE live ()",
    ]


def test_an_empty_condition_is_none(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "Resources:\n  A:\n    Type: Custom::Sql\n    Condition: ''\n    Properties: {Sql: CREATE TABLE a (id int)}\n"
    )
    assert [item.sql for item in load_source(path).declarations] == ["CREATE TABLE a (id int)"]


def test_json_is_a_template_too(tmp_path: Path) -> None:
    text = (
        '{"Parameters": {"T": {"Type": "String", "Default": "a"}},\n "Resources": {"R": {"Type": "Custom::X",\n'
        ' "Properties": {"sql": {"Fn::Sub": "CREATE TABLE ${T} ()"}}}}}'
    )
    (declared,) = load(tmp_path, text, "template.json").declarations
    assert (str(declared.origin), declared.sql) == ("template.json:3", "CREATE TABLE a ()")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Select [1, [a, b]]", "CREATE TABLE b ()"),
        ("!Select [0, !Split [',', 'x,y']]", "CREATE TABLE x ()"),
        ("!If [Yes1, p, q]", "CREATE TABLE p ()"),
        ("!If [No1, p, q]", "CREATE TABLE q ()"),
        ("!Ref Many", None),
    ],
)
def test_intrinsics_nest(value: str, expected: str | None, tmp_path: Path) -> None:
    text = (
        "Parameters:\n  Many: {Type: CommaDelimitedList, Default: 'a, b'}\n"
        "Conditions:\n  Yes1: !And [!Equals [a, a], !Or [!Equals [a, b], !Equals [c, c]]]\n"
        "  No1: !Not [!Condition Yes1]\n"
        "Resources:\n  R:\n    Type: Custom::X\n    Properties:\n"
        f"      Sql: !Join ['', ['CREATE TABLE ', {value}, ' ()']]\n"
    )
    if expected is None:
        with pytest.raises(SourceError, match=r"template\.yaml:10: only strings can be put together"):
            load(tmp_path, text)
    else:
        assert [item.sql for item in load(tmp_path, text).declarations] == [expected]


def test_what_is_known_only_after_deployment_is_said(tmp_path: Path) -> None:
    text = (
        "Resources:\n  A:\n    Type: Custom::X\n    Properties:\n      Sql: CREATE TABLE a ()\n"
        "  B:\n    Type: Custom::X\n    Properties:\n      Sql: !Sub 'CREATE TABLE ${AWS::StackName} ()'\n"
    )
    source = load(tmp_path, text)
    assert [told(carrier) for carrier in source.unread] == [
        "template.yaml:9: B: not read: a part of this statement is known only after apply"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources:\n  A: {Type: Custom::X, Properties: {Sql: !Ref Nope}}", "template.yaml:2: 'Nope' is neither"),
        ("Resources:\n  A: {Type: X, Properties: {Sql: !Foo x}}", "template.yaml:2: the tag !Foo is not an intrinsic"),
        (
            "Parameters:\n  P: {Type: String}\nResources:\n  A: {Properties: {Sql: !Ref P}}",
            "template.yaml: declares no SQL that can be read (template.yaml:4: A: not read: the SQL of Sql",
        ),
        ("Resources:\n  A: {}\n  A: {}\n", "template.yaml:3: the key 'A' occurs twice"),
        ("Resources:\n  A: [\n", "template.yaml:3: YAML: "),
        (
            "Resources:\n  A: {DependsOn: B}\n  B: {DependsOn: A}\n",
            "template.yaml:3: the resource 'A' depends on itself",
        ),
        (
            "Resources:\n  A: {Properties: {Sql: 'CREATE TABLE (;'}}\n",
            "template.yaml:2: SQL syntax error at or near",
        ),
        ("- a\n", "template.yaml:1: expected a template, a mapping with Resources; got a list of 1 item"),
        ("", "template.yaml: expected a template, a mapping with Resources; got an empty file"),
    ],
)
def test_a_bad_template_is_refused_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        load(tmp_path, text)
    assert str(refused.value).startswith(message)


def test_a_parameter_that_is_not_declared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no parameter 'Nope' is declared"):
        load(tmp_path, Nope="x")


def test_a_property_that_is_meant_as_sql_and_is_none_is_said(tmp_path: Path) -> None:
    text = (
        "Resources:\n  A:\n    Type: Custom::X\n    Properties:\n      Sql: CREATE TABLE a ()\n"
        "  B:\n    Type: Custom::X\n    Properties:\n      Sql: CRATE TABLE b (id int)\n"
    )
    assert [told(carrier) for carrier in load(tmp_path, text).unread] == [
        'template.yaml:9: B: not read: Sql holds no SQL that can be read: SQL syntax error at or near "CRATE"'
    ]
