use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "order_state")]
pub enum OrderState {
    #[sea_orm(string_value = "open")]
    Open,
    #[sea_orm(string_value = "sent")]
    Sent,
    #[sea_orm(string_value = "received")]
    Received,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_orders")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub supplier_id: Uuid,
    pub state: OrderState,
    pub comment: Option<String>,
    pub placed_at: DateTimeWithTimeZone,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::supplier::Entity", from = "Column::SupplierId", to = "super::supplier::Column::Id")]
    Supplier,
}

impl ActiveModelBehavior for ActiveModel {}
