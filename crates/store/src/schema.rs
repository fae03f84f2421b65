//! The tables, in types that mean the same in SQLite and PostgreSQL.
mod answers;
mod governing;
mod house;
mod logins;
mod own;

pub(crate) use answers::{
    accepted, ballots, brought, cards, echoes, orphans, polls, post_links, quotes, solutions, stamps, thanked,
};
pub(crate) use governing::{
    advised, appeals, applications, arrivals, bans, bylaws, charters, claims, feed_keys, gates, grafts, held, openings,
    paces, phrases, pulses, screens, statements, turns, waits, welcomed,
};
pub(crate) use house::{bars, disk_days, house_rules, imprint_texts, sentences, settings, words};
pub(crate) use logins::{
    apps, challenges, codes, digests, identities, invitations, mailings, passkeys, quiet_hours, recovery_codes,
    sessions, tickets, tokens, tries, unsent, visits, witnesses,
};
pub(crate) use own::{
    announcement_marks, announcements, bookmarks, conversations, drafts, endorsements, featured_tags, filter_keywords,
    filter_posts, filters, followed_tags, group_levels, host_shuns, list_members, lists, markers, notes,
    notice_permissions, notice_policies, pins, profile_sources, readings, revisions, scheduled, severances, shuns,
    thread_levels, unsuggested,
};

pub(crate) mod media;
pub(crate) use media::emoji;

diesel::table! {
    peers (id) {
        id -> BigInt,
        host -> Text,
        software -> Text,
        version -> Text,
        profile -> Text,
        described -> Nullable<BigInt>,
        state -> Text,
        failures -> Integer,
        failing_since -> Nullable<BigInt>,
        retry_at -> BigInt,
        resting_until -> BigInt,
        lease_until -> BigInt,
        last_success -> Nullable<BigInt>,
        last_seen -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        scheme -> Nullable<Text>,
        holder -> Integer,
        regard -> Text,
    }
}
diesel::table! {
    actors (id) {
        id -> BigInt,
        kind -> Text,
        uri -> Text,
        name -> Text,
        host -> Text,
        peer_id -> Nullable<BigInt>,
        title -> Text,
        summary -> Text,
        url -> Text,
        icon -> Nullable<Text>,
        image -> Nullable<Text>,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        followers -> Nullable<Text>,
        approves_followers -> Bool,
        discoverable -> Bool,
        indexable -> Bool,
        created -> BigInt,
        updated -> BigInt,
        deleted -> Nullable<BigInt>,
        suspended -> Nullable<Text>,
        fields -> Text,
        hides_circle -> Bool,
        silenced -> Bool,
        veiled -> Bool,
    }
}
diesel::table! {
    preferences (person_id) {
        person_id -> BigInt,
        audience -> Text,
        sensitive -> Bool,
        language -> Nullable<Text>,
        quoting -> Text,
        covered -> Text,
        opens_warnings -> Bool,
        plays -> Bool,
    }
}
diesel::table! {
    actor_keys (uri) {
        uri -> Text,
        actor_id -> BigInt,
        kind -> Text,
        public -> Text,
        private -> Nullable<Binary>,
    }
}
diesel::table! {
    partings (target_id, person_id) {
        target_id -> BigInt,
        person_id -> BigInt,
        at -> BigInt,
    }
}
diesel::table! {
    groups (id) {
        id -> BigInt,
        visibility -> Text,
        joining -> Text,
        moderators_only -> Bool,
        reach -> Text,
        confides_from -> BigInt,
        hidden -> Bool,
    }
}
diesel::table! {
    hosts (host) {
        host -> Text,
        since -> BigInt,
    }
}
diesel::table! {
    accounts (id) {
        id -> BigInt,
        email -> Text,
        password_hash -> Text,
        admin -> Bool,
        language -> Text,
        created -> BigInt,
        disabled -> Nullable<BigInt>,
        confirmed -> Nullable<BigInt>,
        approved -> Nullable<BigInt>,
        reason -> Text,
        totp -> Nullable<Binary>,
        totp_step -> BigInt,
        wanted_email -> Nullable<Text>,
    }
}
diesel::table! {
    follows (follower_id, target_id) {
        follower_id -> BigInt,
        target_id -> BigInt,
        state -> Text,
        activity_uri -> Text,
        created -> BigInt,
        no_shares -> Bool,
        notify -> Bool,
        languages -> Text,
        portion -> Nullable<Text>,
        id -> BigInt,
    }
}
diesel::table! {
    members (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        state -> Text,
        since -> BigInt,
        hinted -> BigInt,
        invitation -> Nullable<Text>,
    }
}
diesel::table! {
    posts (id) {
        id -> BigInt,
        uri -> Text,
        url -> Text,
        kind -> Text,
        author_id -> BigInt,
        group_id -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
        root_id -> BigInt,
        depth -> Integer,
        audience -> Text,
        title -> Nullable<Text>,
        html -> Text,
        source -> Nullable<Text>,
        warning -> Nullable<Text>,
        sensitive -> Bool,
        language -> Nullable<Text>,
        extras -> Text,
        local -> Bool,
        published -> BigInt,
        edited -> Nullable<BigInt>,
        deleted -> Nullable<BigInt>,
        removed -> Nullable<BigInt>,
        locked -> Nullable<BigInt>,
        featured -> Nullable<BigInt>,
    }
}
diesel::table! {
    tallies (post_id) {
        post_id -> BigInt,
        replies -> BigInt,
        likes -> BigInt,
        dislikes -> BigInt,
        shares -> BigInt,
    }
}
diesel::table! {
    threads (post_id) {
        post_id -> BigInt,
        group_id -> BigInt,
        latest -> BigInt,
        replies -> BigInt,
        score -> BigInt,
    }
}
diesel::joinable!(threads -> posts (post_id));
diesel::table! {
    votes (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
        value -> Text,
        activity_uri -> Text,
        created -> BigInt,
        emoji -> Nullable<Text>,
        id -> BigInt,
    }
}
diesel::table! {
    shares (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
        id -> BigInt,
        activity_uri -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    mentions (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
    }
}
diesel::table! {
    post_tags (tag, post_id) {
        tag -> Text,
        post_id -> BigInt,
    }
}
diesel::table! {
    activities (id) {
        id -> BigInt,
        actor_id -> BigInt,
        kind -> Text,
        post_id -> Nullable<BigInt>,
        public -> Bool,
        body -> Text,
    }
}
diesel::table! {
    deliveries (activity_id, peer_id, inbox) {
        peer_id -> BigInt,
        activity_id -> BigInt,
        inbox -> Text,
        attempts -> Integer,
        retry_at -> BigInt,
        parked -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}
diesel::table! {
    received (id) {
        id -> BigInt,
        uri -> Text,
        actor_uri -> Text,
        kind -> Text,
        digest -> Text,
        state -> Text,
        attempts -> Integer,
        run_at -> BigInt,
        lease_until -> BigInt,
        error -> Nullable<Text>,
        holder -> Integer,
    }
}
diesel::table! {
    received_bodies (id) {
        id -> BigInt,
        body -> Text,
    }
}
diesel::table! {
    forestalled (uri, actor_uri, deed) {
        uri -> Text,
        actor_uri -> Text,
        deed -> Text,
        reason -> Text,
        cause -> Nullable<BigInt>,
        at -> BigInt,
    }
}
diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        state -> Text,
        attempts -> Integer,
        run_at -> BigInt,
        lease_until -> BigInt,
        error -> Nullable<Text>,
        holder -> Integer,
    }
}
diesel::table! {
    notifications (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        actor_id -> BigInt,
        post_id -> BigInt,
        created -> BigInt,
        read -> Nullable<BigInt>,
        held -> Bool,
        woke -> Nullable<BigInt>,
    }
}
diesel::table! {
    push_subscriptions (id) {
        id -> BigInt,
        token_hash -> Text,
        token -> Binary,
        endpoint -> Text,
        p256dh -> Binary,
        auth -> Binary,
        standard -> Bool,
        alerts -> Text,
        circle -> Text,
    }
}
diesel::table! {
    idempotency (account_id, key) {
        account_id -> BigInt,
        key -> Text,
        post_id -> BigInt,
        created -> BigInt,
    }
}
diesel::table! {
    log_entries (id) {
        id -> BigInt,
        group_id -> Nullable<BigInt>,
        actor_id -> BigInt,
        action -> Text,
        person_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        reason -> Text,
        created -> BigInt,
        host -> Nullable<Text>,
        statement_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    reports (id) {
        id -> BigInt,
        uri -> Text,
        reporter_id -> BigInt,
        target_id -> BigInt,
        group_id -> Nullable<BigInt>,
        posts -> Text,
        comment -> Text,
        category -> Text,
        forwarded -> Bool,
        created -> BigInt,
        resolved -> Nullable<BigInt>,
        resolver_id -> Nullable<BigInt>,
        version -> Nullable<BigInt>,
        bylaw -> Nullable<BigInt>,
        rules -> Text,
    }
}
diesel::table! {
    aliases (actor_id, uri) {
        actor_id -> BigInt,
        uri -> Text,
    }
}
diesel::table! {
    moves (actor_id) {
        actor_id -> BigInt,
        target_id -> BigInt,
        at -> BigInt,
    }
}
diesel::table! {
    peer_rules (host) {
        host -> Text,
        ruling -> Text,
        public_comment -> Text,
        private_comment -> Text,
        since -> BigInt,
        actor_id -> BigInt,
    }
}
diesel::table! {
    backfills (uri) {
        uri -> Text,
        plan -> Nullable<Text>,
        again -> BigInt,
        found -> BigInt,
    }
}
diesel::allow_tables_to_appear_in_same_query!(members, visits);
diesel::allow_columns_to_appear_in_same_group_by_clause!(votes::post_id, actors::peer_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(votes::emoji, actors::peer_id);
diesel::allow_tables_to_appear_in_same_query!(
    profile_sources,
    partings,
    settings,
    peers,
    actors,
    actor_keys,
    groups,
    charters,
    pulses,
    hosts,
    accounts,
    apps,
    tokens,
    codes,
    sessions,
    witnesses,
    digests,
    tickets,
    tries,
    unsent,
    recovery_codes,
    passkeys,
    challenges,
    invitations,
    follows,
    members,
    bans,
    posts,
    tallies,
    threads,
    votes,
    shares,
    mentions,
    post_tags,
    activities,
    deliveries,
    received,
    received_bodies,
    forestalled,
    jobs,
    notifications,
    push_subscriptions,
    polls,
    ballots,
    cards,
    post_links,
    quotes,
    stamps,
    idempotency,
    log_entries,
    held,
    reports,
    aliases,
    moves,
    peer_rules,
    shuns,
    host_shuns,
    notes,
    endorsements,
    unsuggested,
    featured_tags,
    followed_tags,
    lists,
    list_members,
    markers,
    bookmarks,
    filters,
    filter_keywords,
    filter_posts,
    revisions,
    pins,
    group_levels,
    thread_levels,
    scheduled,
    drafts,
    readings,
    conversations,
    notice_policies,
    notice_permissions,
    announcements,
    announcement_marks,
    backfills,
    grafts,
    emoji
);
