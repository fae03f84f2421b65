//! The tables of what posts get as an answer: votes in polls, quotes, that the same happens to others, what settles them.
use super::posts;

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
    orphans (post_id) {
        post_id -> BigInt,
        parent_uri -> Text,
    }
}

diesel::table! {
    brought (post_id, group_id) {
        post_id -> BigInt,
        group_id -> BigInt,
        activity_id -> BigInt,
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
diesel::table! {
    echoes (post_id, person_id) {
        post_id -> BigInt,
        person_id -> BigInt,
        created -> BigInt,
        told -> Nullable<BigInt>,
    }
}
diesel::table! {
    solutions (thread_id) {
        thread_id -> BigInt,
        reply_id -> BigInt,
        by_id -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    accepted (thread_id, reply_id) {
        thread_id -> BigInt,
        reply_id -> BigInt,
    }
}
diesel::table! {
    thanked (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(posts, echoes);
diesel::allow_tables_to_appear_in_same_query!(posts, solutions);
diesel::table! {
    cards (id) {
        id -> BigInt,
        url -> Text,
        summary -> Nullable<Text>,
        fetched -> BigInt,
    }
}
diesel::table! {
    post_links (post_id) {
        post_id -> BigInt,
        card_id -> BigInt,
    }
}
