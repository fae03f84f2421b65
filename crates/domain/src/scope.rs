//! What a token may be used for: the words of Mastodon, where a whole covers its parts.

/// All words there are.
pub const ALL: &[&str] = &[
    "profile",
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "admin:read",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:canonical_email_blocks",
];

/// What applications get that do not say what they want.
pub const DEFAULT: &str = "read";

/// What `follow` covers, by the name of old.
const FOLLOW: [&str; 6] = ["read:follows", "write:follows", "read:blocks", "write:blocks", "read:mutes", "write:mutes"];

/// The words of a list, each once; none if one of them is unknown, or there is none.
pub fn parse(list: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for word in list.split_whitespace() {
        if !ALL.contains(&word) {
            return None;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether `granted`, words with spaces between, covers one word.
pub fn covers(granted: &str, wanted: &str) -> bool {
    granted.split(' ').any(|word| {
        let part = || wanted.strip_prefix(word).is_some_and(|rest| rest.starts_with(':'));
        word == wanted || !word.is_empty() && part() || word == "follow" && FOLLOW.contains(&wanted)
    })
}

/// Whether `granted` covers every word of `wanted`.
pub fn covers_all(granted: &str, wanted: &str) -> bool {
    wanted.split(' ').all(|word| covers(granted, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_covers_its_parts_and_nothing_else() {
        for (granted, wanted, covered) in [
            ("read", "read:statuses", true),
            ("read write", "write:media", true),
            ("read:statuses", "read", false),
            ("read:statuses", "read:search", false),
            ("follow", "write:blocks", true),
            ("follow", "write:statuses", false),
            ("read", "admin:read", false),
            ("admin:read", "admin:read:accounts", true),
            ("admin:read", "admin:write:accounts", false),
            ("write", "write", true),
            ("", "read", false),
            ("rea", "read:statuses", false),
            ("profile", "read:accounts", false),
        ] {
            assert_eq!(covers(granted, wanted), covered, "{granted} covers {wanted}");
        }
        assert!(covers_all("read write", "read write:media"));
        assert!(!covers_all("read", "read write"));
    }

    #[test]
    fn lists_hold_known_words_once() {
        assert_eq!(parse(" read  write read").as_deref(), Some("read write"));
        assert_eq!(parse("read everything"), None);
        assert_eq!(parse("  "), None);
    }
}
