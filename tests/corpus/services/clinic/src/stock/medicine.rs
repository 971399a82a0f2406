use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "medicines")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub supplier_id: Option<Uuid>,
    pub price: i64,
    #[sea_orm(column_name = "stock")]
    pub pieces: i32,
    pub hazardous: bool,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub leaflet: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::supplier::Entity", from = "Column::SupplierId", to = "super::supplier::Column::Id")]
    Supplier,
}

impl Related<super::supplier::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Supplier.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
