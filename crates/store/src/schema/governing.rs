//! The tables of how communities are run.

diesel::table! {
    bylaws (group_id, version) {
        group_id -> BigInt,
        version -> BigInt,
        by_id -> BigInt,
        created -> BigInt,
        list -> Text,
    }
}
diesel::table! {
    charters (group_id) {
        group_id -> BigInt,
        purpose -> Text,
        colour -> Nullable<Text>,
        languages -> Text,
        questions -> Text,
        source -> Text,
    }
}
diesel::table! {
    gates (id) {
        id -> BigInt,
        group_id -> BigInt,
        by_id -> BigInt,
        created -> BigInt,
        expires -> Nullable<BigInt>,
        most -> Nullable<BigInt>,
        used -> BigInt,
    }
}
diesel::table! {
    applications (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
        answers -> Text,
        created -> BigInt,
    }
}
