//! The tables of what people here keep for themselves.

diesel::table! {
    shuns (actor_id, target_id, deed) {
        actor_id -> BigInt,
        target_id -> BigInt,
        deed -> Text,
        quiet -> Bool,
        until -> Nullable<BigInt>,
        activity_uri -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    host_shuns (person_id, host) {
        person_id -> BigInt,
        host -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    notes (person_id, target_id) {
        person_id -> BigInt,
        target_id -> BigInt,
        comment -> Text,
    }
}
diesel::table! {
    endorsements (person_id, target_id) {
        person_id -> BigInt,
        target_id -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    unsuggested (person_id, target_id) {
        person_id -> BigInt,
        target_id -> BigInt,
    }
}
diesel::table! {
    featured_tags (id) {
        id -> BigInt,
        person_id -> BigInt,
        tag -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    followed_tags (id) {
        id -> BigInt,
        person_id -> BigInt,
        tag -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    lists (id) {
        id -> BigInt,
        owner_id -> BigInt,
        title -> Text,
        replies -> Text,
        apart -> Bool,
        created -> BigInt,
    }
}
diesel::table! {
    list_members (list_id, actor_id) {
        list_id -> BigInt,
        actor_id -> BigInt,
        owner_id -> BigInt,
    }
}
diesel::table! {
    markers (person_id, timeline) {
        person_id -> BigInt,
        timeline -> Text,
        last_read -> BigInt,
        version -> BigInt,
        updated -> BigInt,
    }
}
diesel::table! {
    bookmarks (person_id, post_id) {
        person_id -> BigInt,
        post_id -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    filters (id) {
        id -> BigInt,
        person_id -> BigInt,
        title -> Text,
        contexts -> Text,
        action -> Text,
        expires -> Nullable<BigInt>,
    }
}
diesel::table! {
    filter_keywords (id) {
        id -> BigInt,
        filter_id -> BigInt,
        keyword -> Text,
        whole_word -> Bool,
    }
}
diesel::table! {
    filter_posts (id) {
        id -> BigInt,
        filter_id -> BigInt,
        post_id -> BigInt,
    }
}
