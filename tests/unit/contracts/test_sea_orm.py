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
    assert texts == ['UPDATE "agent" SET "login" = $1 WHERE "id" = $2 RETURNING "id"']


def test_a_relation_as_seaorm_2_writes_it_is_a_join():
    ticket = """#[sea_orm::model] #[derive(DeriveEntityModel)] #[sea_orm(table_name = "ticket")]
pub struct Model { #[sea_orm(primary_key)] pub id: i64, pub agent_id: i64,
    #[sea_orm(belongs_to, from = "agent_id", to = "id")] pub agent: HasOne<super::agent::Entity> }"""
    texts = [query.sql for query in service(agent=ENTITY, ticket=ticket).queries if "JOIN" in query.sql]
    assert texts == ['SELECT 1 FROM "ticket" INNER JOIN "agent" ON "ticket"."agent_id" = "agent"."id"']


def test_attributes_without_commas_between_them_are_read():
    x = ENTITY + BELONGS_TO % ' from = "Column::Id" to = "super::agent::Column::Id"'
    x = x.replace("super::x::Entity", "super::agent::Entity")
    texts = [query.sql for query in service(agent=ENTITY, x=x).queries if "JOIN" in query.sql]
    assert texts == ['SELECT 1 FROM "agent" INNER JOIN "agent" ON "agent"."id" = "agent"."id"']


def test_entities_are_known_by_the_names_under_which_files_pass_them_on():
    entity = "pub use agent::{Column as AgentColumn, Entity as Agents, Model as Agent, ActiveModel as NewAgent};"
    ticket = """use super::Agents; use sea_orm::*;
#[derive(DeriveEntityModel)] #[sea_orm(table_name = "ticket")]
pub struct Model { #[sea_orm(primary_key)] pub id: i64, pub agent_id: i64 }
#[derive(DeriveRelation)] pub enum Relation {
    #[sea_orm(belongs_to = "Agents", from = "Column::AgentId", to = "AgentColumn::Id")] Agent
}"""
    lib = "async fn f() { NewAgent { login: Set(1), id: NotSet }.insert(db).await }"
    contract = service(entity=entity, lib=lib, **{"entity/agent": ENTITY, "entity/ticket": ticket})
    texts = {query.sql for query in contract.queries}
    assert 'SELECT 1 FROM "ticket" INNER JOIN "agent" ON "ticket"."agent_id" = "agent"."id"' in texts
    assert 'INSERT INTO "agent" ("login") VALUES ($1)' in texts
    assert contract.unread == ()


INSERT_ONE = """async fn f() { agent::Entity::insert(row)
    .on_conflict(OnConflict::column(agent::Column::Login).do_nothing().to_owned()).exec(db).await }"""
INSERT_MANY = """async fn f() { let mut on = OnConflict::columns([agent::Column::Id, agent::Column::Login]);
    agent::Entity::insert_many(rows).on_conflict(on).exec(db).await }"""
FROM = """use crate::agent::ActiveModel;
impl From<Job> for ActiveModel { fn from(job: Job) -> Self { Self { id: Set(new_id()), login: Set(job.login) } } }"""
BY_SELF = """use crate::agent::Entity; impl Entity { pub fn upsert(row: ActiveModel) -> Insert<ActiveModel> {
    Self::insert(row).on_conflict(OnConflict::column(agent::Column::Id).do_nothing().to_owned()) } }"""
WHOLE = 'INSERT INTO "agent" ("id", "login") OVERRIDING SYSTEM VALUE VALUES ($1, $2)'


@pytest.mark.parametrize(
    ("rust", "sql"),
    [
        ("async fn f(rows: Vec<Row>) { agent::Entity::insert_many(rows).exec(db).await }", WHOLE),
        (INSERT_ONE, f'{WHOLE} ON CONFLICT ("login") DO NOTHING'),
        (BY_SELF, f'{WHOLE} ON CONFLICT ("id") DO NOTHING'),
        ("async fn f() { agent::ActiveModel { login: Set(1), ..data.into() }.insert(db).await }", WHOLE),
        ("fn new() -> agent::ActiveModel { agent::ActiveModel { id: Set(1), ..Default::default() } }", WHOLE),
        (INSERT_MANY, f'{WHOLE} ON CONFLICT ("id", "login") DO NOTHING'),
        (FROM, 'INSERT INTO "agent" ("id", "login") VALUES ($1, $2)'),
        (
            "fn new() -> agent::ActiveModel { agent::Model { id: 1, login: name() }.into_active_model() }",
            'INSERT INTO "agent" ("id", "login") VALUES ($1, $2)',
        ),
        (
            "fn new() -> agent::ActiveModel { agent::ActiveModel { id: Set(1), login: Set(name()) } }",
            'INSERT INTO "agent" ("id", "login") VALUES ($1, $2)',
        ),
    ],
)
def test_rows_that_other_functions_fill_are_inserted(rust, sql):
    texts = [query.sql for query in service(agent=ENTITY, lib=rust).queries if query.file == "src/lib.rs"]
    assert texts == [sql]


def test_an_entity_is_known_by_the_module_that_passes_it_on():
    lib = "async fn f(rows: Vec<Row>) { task::Entity::insert_many(rows).exec(db).await }"
    contract = service(lib=lib, **{"task/model": ENTITY, "task": "mod model; pub use model::*;"})
    assert [query.sql for query in contract.queries if query.file == "src/lib.rs"] == [WHOLE]


def test_an_active_model_of_a_row_that_was_read_is_no_new_row():
    lib = "fn f(a: agent::Model) -> agent::ActiveModel { agent::ActiveModel { login: Set(name()), ..a.into() } }"
    texts = [query.sql for query in service(agent=ENTITY, lib=lib).queries if query.file == "src/lib.rs"]
    assert texts == []


MIGRATION = """use sea_orm_migration::prelude::*;
#[derive(DeriveMigrationName)] pub struct Migration;
impl MigrationTrait for Migration { async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
    manager.create_table(Table::create().table(Agent::Table).col(ColumnDef::new(Agent::Id)).to_owned()).await?;
    manager.get_connection().execute_unprepared("INSERT INTO agent VALUES (1)").await?;
    agent::Entity::insert(row).exec(db).await
} }
#[derive(DeriveIden)] enum Agent { Table, Id }
"""


def test_migrations_in_rust_are_named_once_and_are_no_queries_of_the_service():
    files = {"migration/m2": MIGRATION, "migration/m1": MIGRATION, "entity/agent": ENTITY}
    contract = service(**files, **{"migration/lib": "use sea_orm_migration::*; impl MigratorTrait for Migrator {}"})
    assert {query.file for query in contract.queries} == {"src/entity/agent.rs"}
    (place,) = contract.unread
    assert (place.driver, str(place)) == (
        "sea-orm",
        "src/migration/m1.rs:3: the first of 2 migrations in Rust, which are not read as a declaration",
    )


@pytest.mark.parametrize(
    "rust",
    [
        "fn new() -> agent::ActiveModel { agent::ActiveModel { login: Set(1), ..Default::default() } }",
        "fn new() -> agent::ActiveModel { agent::ActiveModel { id: Unchanged(1), ..Default::default() } }",
        "use agent::ActiveModel; impl ActiveModelBehavior for ActiveModel { fn new() -> Self { Self { id: Set(1) } } }",
    ],
)
def test_an_active_model_without_a_new_key_is_no_new_row(rust):
    assert [query.sql for query in service(agent=ENTITY, lib=rust).queries if query.file == "src/lib.rs"] == []
