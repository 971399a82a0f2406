"""Reading SeaORM: what is counted, and what is seen and not understood."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import service

ENTITY = """use sea_orm::entity::prelude::*;
#[derive(DeriveEntityModel)] #[sea_orm(table_name = "agent")]
pub struct Model { #[sea_orm(primary_key)] pub id: i64, pub login: String }
"""


def test_entities_are_mappings_by_the_name_of_their_module():
    contract = service(**{"entity/agent": ENTITY, "entity/more/mod": ENTITY})
    found = [(each.driver, each.name, each.line) for each in contract.mappings]
    assert found == [("sea-orm", "agent", 3), ("sea-orm", "more", 3)]


BELONGS_TO = '#[derive(DeriveRelation)] pub enum Relation { #[sea_orm(belongs_to = "super::x::Entity"%s)] X }'


@pytest.mark.parametrize(
    ("rust", "reason"),
    [
        (
            ENTITY.replace('#[sea_orm(table_name = "agent")]', ""),
            "the entity does not say its table_name, or has no columns",
        ),
        (
            ENTITY + BELONGS_TO % "",
            "the columns of the relation's `from` and `to` are not in sight",
        ),
        (
            ENTITY + BELONGS_TO % ', from = "Column::Id", to = "super::x::Column::Id"',
            "the entities or columns of the relation agent -> x are not in sight",
        ),
        (
            "use sea_orm::Statement; fn f(text: String) { Statement::from_string(DbBackend::Postgres, text); }",
            "the SQL comes from `text`, whose value is not a literal",
        ),
    ],
)
def test_what_is_seen_and_not_understood_is_unread(rust, reason):
    (place,) = service(agent=rust).unread
    assert (place.driver, place.reason) == ("sea-orm", reason)


def test_the_columns_that_an_active_model_sets_are_inserted():
    lib = "async fn f() { agent::ActiveModel { login: Set(1), id: NotSet }.insert(db).await }"
    texts = [query.sql for query in service(agent=ENTITY, lib=lib).queries if query.file == "src/lib.rs"]
    assert texts == ['INSERT INTO "agent" ("login") VALUES ($1)']


def test_an_active_model_with_its_key_is_updated():
    lib = "async fn f() { let m = agent::ActiveModel { id: Set(1), login: Set(1) }; m.save(db).await }"
    texts = [query.sql for query in service(agent=ENTITY, lib=lib).queries if query.file == "src/lib.rs"]
    assert texts == ['UPDATE "agent" SET "login" = $1']


def test_a_relation_as_seaorm_2_writes_it_is_a_join():
    ticket = """#[sea_orm::model] #[derive(DeriveEntityModel)] #[sea_orm(table_name = "ticket")]
pub struct Model { #[sea_orm(primary_key)] pub id: i64, pub agent_id: i64,
    #[sea_orm(belongs_to, from = "agent_id", to = "id")] pub agent: HasOne<super::agent::Entity> }"""
    texts = [query.sql for query in service(agent=ENTITY, ticket=ticket).queries if "JOIN" in query.sql]
    assert texts == ['SELECT 1 FROM "ticket" INNER JOIN "agent" ON "ticket"."agent_id" = "agent"."id"']
