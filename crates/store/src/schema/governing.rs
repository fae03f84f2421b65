//! The tables of how communities are run.

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
