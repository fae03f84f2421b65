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
        welcome -> Text,
        nudges -> Bool,
        second_step -> Bool,
        steps_away -> Bool,
        themes -> Text,
        topics -> Text,
    }
}
diesel::table! {
    feed_keys (id) {
        id -> BigInt,
        person_id -> BigInt,
        group_id -> BigInt,
    }
}
diesel::table! {
    advised (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
    }
}
diesel::table! {
    waits (id) {
        id -> BigInt,
        group_id -> BigInt,
        took -> BigInt,
    }
}
diesel::table! {
    welcomed (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
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
        domain -> Nullable<Text>,
    }
}
diesel::table! {
    arrivals (person_id) {
        person_id -> BigInt,
        group_id -> BigInt,
        gate_id -> Nullable<BigInt>,
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
diesel::table! {
    statements (id) {
        id -> BigInt,
        group_id -> BigInt,
        person_id -> BigInt,
        by_id -> BigInt,
        sanction -> Text,
        post_id -> Nullable<BigInt>,
        reason -> Text,
        note -> Text,
        version -> Nullable<BigInt>,
        bylaw -> Nullable<BigInt>,
        until -> Nullable<BigInt>,
        clean -> Bool,
        created -> BigInt,
        lifted -> Nullable<BigInt>,
    }
}
diesel::table! {
    appeals (statement_id) {
        statement_id -> BigInt,
        group_id -> BigInt,
        text -> Text,
        created -> BigInt,
        decided -> Nullable<BigInt>,
        decider_id -> Nullable<BigInt>,
        granted -> Bool,
        answer -> Text,
    }
}
diesel::table! {
    bans (group_id, person_id) {
        group_id -> BigInt,
        person_id -> BigInt,
        by_id -> BigInt,
        reason -> Text,
        since -> BigInt,
        until -> Nullable<BigInt>,
        reads -> Bool,
    }
}
diesel::table! {
    claims (item) {
        item -> Text,
        by_id -> BigInt,
        until -> BigInt,
    }
}
diesel::table! {
    screens (group_id) {
        group_id -> BigInt,
        first -> BigInt,
        strangers -> Bool,
        links -> Bool,
        words -> Text,
        domains -> Text,
        again -> Bool,
        limits -> Nullable<Text>,
    }
}
diesel::table! {
    grafts (post_id) {
        post_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        root_id -> BigInt,
        title -> Nullable<Text>,
    }
}
diesel::table! {
    openings (admin_id, root_id) {
        admin_id -> BigInt,
        root_id -> BigInt,
        until -> BigInt,
    }
}
diesel::table! {
    pulses (group_id) {
        group_id -> BigInt,
        name -> Text,
        words -> Text,
        latest -> BigInt,
        members -> BigInt,
        pulse -> Text,
        usual -> Nullable<BigInt>,
    }
}
diesel::table! {
    paces (lane) {
        lane -> Text,
        seconds -> BigInt,
    }
}
diesel::table! {
    turns (lane, person_id) {
        lane -> Text,
        person_id -> BigInt,
        at -> BigInt,
        told -> Bool,
    }
}
diesel::table! {
    held (post_id) {
        post_id -> BigInt,
        group_id -> BigInt,
        doubt -> Text,
        since -> BigInt,
        cause -> Nullable<BigInt>,
        old -> Bool,
        refused -> Nullable<BigInt>,
    }
}
diesel::table! {
    phrases (group_id) {
        group_id -> BigInt,
        list -> Text,
    }
}
