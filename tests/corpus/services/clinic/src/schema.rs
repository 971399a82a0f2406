//! Written by `diesel print-schema`.

pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "visit_state"))]
    pub struct VisitState;
}

diesel::table! {
    doctors (id) {
        id -> Int4,
        name -> Text,
        licence -> Varchar,
        room -> Nullable<Int2>,
        retired -> Bool,
    }
}

diesel::table! {
    patients (id) {
        id -> Int8,
        public_id -> Uuid,
        name -> Text,
        born -> Nullable<Date>,
        email -> Nullable<Text>,
        allergies -> Array<Text>,
        profile -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::VisitState;

    visits (id) {
        id -> Int8,
        patient_id -> Int8,
        doctor_id -> Int4,
        state -> VisitState,
        starts_at -> Timestamptz,
        minutes -> Int4,
        complaint -> Nullable<Text>,
        fee -> Nullable<Int8>,
    }
}

diesel::table! {
    findings (visit_id, code) {
        visit_id -> Int8,
        code -> Text,
        severity -> Int4,
        remark -> Nullable<Text>,
    }
}

diesel::joinable!(visits -> patients (patient_id));
diesel::joinable!(visits -> doctors (doctor_id));
diesel::joinable!(findings -> visits (visit_id));

diesel::allow_tables_to_appear_in_same_query!(doctors, patients, visits, findings);
