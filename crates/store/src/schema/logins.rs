//! The tables of how people and applications get in.
use super::accounts;

diesel::table! {
    sessions (id) {
        id -> BigInt,
        hash -> Text,
        person_id -> BigInt,
        created -> BigInt,
        seen -> BigInt,
        expires -> BigInt,
        agent -> Text,
        address -> Text,
    }
}
diesel::table! {
    witnesses (origin, redirect_uri) {
        origin -> Text,
        redirect_uri -> Text,
        client_id -> Text,
        secret -> Binary,
        scope -> Text,
        checked -> BigInt,
    }
}
diesel::table! {
    digests (person_id) {
        person_id -> BigInt,
        seen -> BigInt,
        due -> BigInt,
    }
}
diesel::table! {
    tickets (hash) {
        hash -> Text,
        account_id -> BigInt,
        kind -> Text,
        email -> Text,
        expires -> BigInt,
    }
}
diesel::table! {
    unsent (hash) {
        hash -> Text,
        person_id -> BigInt,
        sealed -> Binary,
        expires -> BigInt,
    }
}
diesel::table! {
    tries (key) {
        key -> Text,
        used -> Integer,
        until -> BigInt,
    }
}
diesel::table! {
    recovery_codes (account_id, hash) {
        account_id -> BigInt,
        hash -> Text,
    }
}
diesel::table! {
    passkeys (id) {
        id -> BigInt,
        account_id -> BigInt,
        handle -> Text,
        name -> Text,
        credential -> Text,
        created -> BigInt,
        used -> Nullable<BigInt>,
    }
}
diesel::table! {
    challenges (hash) {
        hash -> Text,
        purpose -> Text,
        account_id -> Nullable<BigInt>,
        state -> Text,
        expires -> BigInt,
    }
}
diesel::table! {
    identities (id) {
        id -> BigInt,
        account_id -> BigInt,
        issuer -> Text,
        subject -> Text,
        name -> Text,
        created -> BigInt,
        used -> Nullable<BigInt>,
    }
}
diesel::table! {
    invitations (id) {
        id -> BigInt,
        account_id -> BigInt,
        created -> BigInt,
        expires -> Nullable<BigInt>,
        most -> Nullable<BigInt>,
        used -> BigInt,
    }
}
diesel::table! {
    apps (id) {
        id -> BigInt,
        name -> Text,
        website -> Nullable<Text>,
        redirect_uris -> Text,
        scopes -> Text,
        client_id -> Text,
        secret_hash -> Text,
        created -> BigInt,
    }
}
diesel::table! {
    tokens (hash) {
        hash -> Text,
        account_id -> Nullable<BigInt>,
        app_id -> Nullable<BigInt>,
        scopes -> Text,
        created -> BigInt,
        expires -> Nullable<BigInt>,
    }
}
diesel::table! {
    codes (hash) {
        hash -> Text,
        account_id -> BigInt,
        app_id -> BigInt,
        redirect_uri -> Text,
        scopes -> Text,
        challenge -> Nullable<Text>,
        expires -> BigInt,
        token_hash -> Nullable<Text>,
    }
}
diesel::table! {
    quiet_hours (person_id) {
        person_id -> BigInt,
        zone -> Text,
        starts -> BigInt,
        ends -> BigInt,
    }
}
diesel::table! {
    mailings (person_id) {
        person_id -> BigInt,
        subjects -> Text,
        told -> BigInt,
        sent -> BigInt,
        due -> Nullable<BigInt>,
    }
}
diesel::table! {
    visits (account_id) {
        account_id -> BigInt,
        day -> BigInt,
    }
}
diesel::allow_tables_to_appear_in_same_query!(accounts, visits);
