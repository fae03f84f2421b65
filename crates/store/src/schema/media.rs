//! The tables of pictures, films, sounds and custom emoji, ours and others'.

diesel::table! {
    media (id) {
        id -> BigInt,
        token -> Text,
        owner_id -> BigInt,
        purpose -> Text,
        media_type -> Text,
        preview_type -> Nullable<Text>,
        state -> Text,
        size -> BigInt,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        blurhash -> Nullable<Text>,
        description -> Text,
        focus -> Nullable<Text>,
        post_id -> Nullable<BigInt>,
        created -> BigInt,
        expires -> Nullable<BigInt>,
        duration -> Nullable<Integer>,
    }
}
diesel::table! {
    cached_media (key) {
        key -> Text,
        media_type -> Nullable<Text>,
        size -> BigInt,
        fetched -> BigInt,
        used -> BigInt,
    }
}
diesel::table! {
    emoji (id) {
        id -> BigInt,
        peer_id -> Nullable<BigInt>,
        shortcode -> Text,
        url -> Text,
        still -> Nullable<Text>,
        category -> Nullable<Text>,
        enabled -> Bool,
        updated -> BigInt,
    }
}
