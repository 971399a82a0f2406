use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_order_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub medicine_id: i32,
    pub quantity: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::stock_order::Entity",
        from = "Column::OrderId",
        to = "super::stock_order::Column::Id"
    )]
    Order,
    #[sea_orm(belongs_to = "super::medicine::Entity", from = "Column::MedicineId", to = "super::medicine::Column::Id")]
    Medicine,
}

impl ActiveModelBehavior for ActiveModel {}
