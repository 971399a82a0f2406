//! What is ordered, and from whom.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, Statement,
};
use uuid::Uuid;

use super::stock_order::OrderState;
use super::{medicine, order_line, stock_order, supplier};

#[derive(Debug, FromQueryResult)]
pub struct Scarce {
    pub id: Option<i32>,
    pub name: Option<String>,
    pub stock: Option<i32>,
}

#[derive(Debug, FromQueryResult)]
pub struct Spending {
    pub supplier_id: Uuid,
    pub total: i64,
}

pub async fn suppliers(db: &DatabaseConnection) -> Result<Vec<supplier::Model>, DbErr> {
    supplier::Entity::find().order_by_asc(supplier::Column::Name).all(db).await
}

pub async fn add_supplier(db: &DatabaseConnection, id: Uuid, name: &str) -> Result<supplier::Model, DbErr> {
    let model = supplier::ActiveModel { id: Set(id), name: Set(name.to_owned()), ..Default::default() };
    model.insert(db).await
}

pub async fn medicines(db: &DatabaseConnection) -> Result<Vec<medicine::Model>, DbErr> {
    medicine::Entity::find().all(db).await
}

pub async fn medicine(db: &DatabaseConnection, id: i32) -> Result<Option<medicine::Model>, DbErr> {
    medicine::Entity::find_by_id(id).one(db).await
}

pub async fn hazardous(db: &DatabaseConnection) -> Result<u64, DbErr> {
    medicine::Entity::find().filter(medicine::Column::Hazardous.eq(true)).count(db).await
}

pub async fn add_medicine(db: &DatabaseConnection, name: &str, price: i64) -> Result<medicine::Model, DbErr> {
    let model = medicine::ActiveModel { name: Set(name.to_owned()), price: Set(price), ..Default::default() };
    model.insert(db).await
}

pub async fn restock(db: &DatabaseConnection, id: i32, pieces: i32) -> Result<medicine::Model, DbErr> {
    let model = medicine::ActiveModel { id: Set(id), pieces: Set(pieces), ..Default::default() };
    model.update(db).await
}

pub async fn lines_with_orders(
    db: &DatabaseConnection,
) -> Result<Vec<(order_line::Model, Option<stock_order::Model>)>, DbErr> {
    order_line::Entity::find().find_also_related(stock_order::Entity).all(db).await
}

pub async fn lines_with_medicines(
    db: &DatabaseConnection,
) -> Result<Vec<(order_line::Model, Option<medicine::Model>)>, DbErr> {
    order_line::Entity::find().find_also_related(medicine::Entity).all(db).await
}

pub async fn with_supplier(db: &DatabaseConnection) -> Result<Vec<(medicine::Model, Option<supplier::Model>)>, DbErr> {
    medicine::Entity::find().find_also_related(supplier::Entity).all(db).await
}

pub async fn order(db: &DatabaseConnection, supplier: Uuid) -> Result<stock_order::Model, DbErr> {
    let model =
        stock_order::ActiveModel { supplier_id: Set(supplier), state: Set(OrderState::Open), ..Default::default() };
    model.insert(db).await
}

pub async fn orders(db: &DatabaseConnection) -> Result<Vec<stock_order::Model>, DbErr> {
    stock_order::Entity::find().all(db).await
}

pub async fn advance(db: &DatabaseConnection, id: i64, state: OrderState) -> Result<stock_order::Model, DbErr> {
    let model = stock_order::ActiveModel { id: Set(id), state: Set(state), ..Default::default() };
    model.update(db).await
}

pub async fn add_line(db: &DatabaseConnection, order: i64, medicine: i32, quantity: i32) -> Result<(), DbErr> {
    let model = order_line::ActiveModel { order_id: Set(order), medicine_id: Set(medicine), quantity: Set(quantity) };
    order_line::Entity::insert(model).exec(db).await?;
    Ok(())
}

pub async fn lines(db: &DatabaseConnection) -> Result<Vec<order_line::Model>, DbErr> {
    order_line::Entity::find().all(db).await
}

pub async fn scarce(db: &DatabaseConnection, below: i32) -> Result<Vec<Scarce>, DbErr> {
    Scarce::find_by_statement(Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT id, name, stock FROM scarce_medicines WHERE stock < $1",
        [below.into()],
    ))
    .all(db)
    .await
}

pub async fn spending(db: &DatabaseConnection) -> Result<Vec<Spending>, DbErr> {
    Spending::find_by_statement(Statement::from_string(
        DbBackend::Postgres,
        "SELECT o.supplier_id, sum(l.quantity * m.price)::bigint AS total
           FROM stock_orders o JOIN stock_order_lines l ON l.order_id = o.id JOIN medicines m ON m.id = l.medicine_id
          GROUP BY o.supplier_id",
    ))
    .all(db)
    .await
}

pub async fn send_all(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let sent = db
        .execute(Statement::from_string(
            DbBackend::Postgres,
            "UPDATE stock_orders SET state = 'sent' WHERE state = 'open'",
        ))
        .await?;
    Ok(sent.rows_affected())
}

pub async fn drop_received(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared("DELETE FROM stock_orders WHERE state = 'received'").await?;
    Ok(())
}
