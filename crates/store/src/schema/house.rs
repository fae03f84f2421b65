//! The tables of how the server itself is run.

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}
diesel::table! {
    words (word) {
        word -> Text,
        spelt -> Text,
        start -> Text,
        letters -> BigInt,
        posts -> BigInt,
    }
}
diesel::table! {
    imprint_texts (kind, language, effective) {
        kind -> Text,
        language -> Text,
        effective -> BigInt,
        source -> Text,
        updated -> BigInt,
    }
}
diesel::table! {
    sentences (name, language) {
        name -> Text,
        language -> Text,
        source -> Text,
    }
}
diesel::table! {
    house_rules (id) {
        id -> BigInt,
        place -> BigInt,
        wordings -> Text,
        removed -> Nullable<BigInt>,
    }
}
diesel::table! {
    disk_days (day) {
        day -> BigInt,
        used -> BigInt,
    }
}
diesel::table! {
    bars (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        severity -> Text,
        comment -> Text,
        created -> BigInt,
        expires -> Nullable<BigInt>,
    }
}
