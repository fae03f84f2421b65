//! The tables of polls and quotes.

diesel::table! {
    polls (post_id) {
        post_id -> BigInt,
        votes -> Text,
        voters -> BigInt,
    }
}

diesel::table! {
    ballots (post_id, actor_id, choice) {
        post_id -> BigInt,
        actor_id -> BigInt,
        choice -> Integer,
        created -> BigInt,
    }
}

diesel::table! {
    quotes (post_id) {
        post_id -> BigInt,
        quoted_uri -> Text,
        quoted_id -> Nullable<BigInt>,
        state -> Text,
        stamp -> Nullable<Text>,
    }
}

diesel::table! {
    stamps (id) {
        id -> BigInt,
        post_id -> BigInt,
        kind -> Text,
        interaction_uri -> Text,
        revoked -> Nullable<BigInt>,
    }
}
