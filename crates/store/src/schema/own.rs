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
        id -> BigInt,
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
    severances (id) {
        id -> BigInt,
        person_id -> BigInt,
        cause -> Text,
        target -> Text,
        followers -> BigInt,
        following -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    profile_sources (person_id) {
        person_id -> BigInt,
        about -> Text,
        lines -> Text,
        attribution -> Text,
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
diesel::table! {
    revisions (post_id, at) {
        post_id -> BigInt,
        at -> BigInt,
        content -> Text,
    }
}
diesel::table! {
    pins (actor_id, post_id) {
        actor_id -> BigInt,
        post_id -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    thread_levels (person_id, root_id) {
        person_id -> BigInt,
        root_id -> BigInt,
        level -> Text,
    }
}
diesel::table! {
    group_levels (person_id, group_id) {
        person_id -> BigInt,
        group_id -> BigInt,
        level -> Text,
    }
}
diesel::table! {
    scheduled (id) {
        id -> BigInt,
        person_id -> BigInt,
        due -> BigInt,
        writing -> Text,
        key -> Nullable<Text>,
        refused -> Nullable<Text>,
    }
}
diesel::table! {
    conversations (id) {
        id -> BigInt,
        person_id -> BigInt,
        root_id -> BigInt,
        last_post -> BigInt,
        unread -> Bool,
    }
}
diesel::table! {
    notice_policies (person_id) {
        person_id -> BigInt,
        policy -> Text,
    }
}
diesel::table! {
    notice_permissions (person_id, from_id) {
        person_id -> BigInt,
        from_id -> BigInt,
    }
}
diesel::table! {
    announcements (id) {
        id -> BigInt,
        body -> Text,
        created -> BigInt,
        ends -> Nullable<BigInt>,
        starts -> BigInt,
        all_day -> Bool,
    }
}
diesel::table! {
    announcement_marks (announcement_id, person_id, mark) {
        announcement_id -> BigInt,
        person_id -> BigInt,
        mark -> Text,
    }
}
diesel::table! {
    drafts (person_id, place) {
        person_id -> BigInt,
        place -> Text,
        writing -> Text,
        updated -> BigInt,
    }
}
diesel::table! {
    readings (person_id, thread_id) {
        person_id -> BigInt,
        thread_id -> BigInt,
        last_read -> BigInt,
    }
}
