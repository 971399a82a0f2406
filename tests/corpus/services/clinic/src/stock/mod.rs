//! The stock of medicines.

pub mod medicine;
pub mod order_line;
pub mod orders;
pub mod stock_order;
pub mod supplier;
