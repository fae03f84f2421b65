//! The streams there are, by the names that clients know.
use domain::text::hashtag;
use store::timelines::Open;

use crate::{
    error::{Error, Result},
    params::Params,
};

/// What a client listens to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Channel {
    /// What one follows, and what one is told.
    User,
    /// What one is told.
    Told,
    /// Public threads.
    Public(Open),
    /// Public posts with a hashtag, folded.
    Tag(String, Option<bool>),
    /// A list.
    List(i64),
    /// Direct messages.
    Direct,
}

impl Channel {
    /// The channel with this name, as in a WebSocket; what it is about is in `params`.
    pub(crate) fn named(name: &str, params: &Params) -> Result<Self> {
        let pictures = params.flag("only_media") == Some(true);
        let public = |local, pictures| Ok(Self::Public(Open { local, pictures }));
        match name {
            "user" => Ok(Self::User),
            "user:notification" => Ok(Self::Told),
            "direct" => Ok(Self::Direct),
            "public" => public(None, pictures),
            "public:local" => public(Some(true), pictures),
            "public:remote" => public(Some(false), pictures),
            "public:media" => public(None, true),
            "public:local:media" => public(Some(true), true),
            "public:remote:media" => public(Some(false), true),
            "hashtag" => Ok(Self::Tag(tag(params)?, None)),
            "hashtag:local" => Ok(Self::Tag(tag(params)?, Some(true))),
            "list" => {
                let list = params.number("list").filter(|list| *list > 0);
                list.map(Self::List).ok_or_else(|| Error::invalid("the list is missing"))
            }
            _ => Err(Error::missing()),
        }
    }

    /// What a token must be for.
    pub(crate) fn scope(&self) -> &'static str {
        match self {
            Self::Told => "read:notifications",
            Self::User | Self::Public(_) | Self::Tag(..) | Self::List(_) | Self::Direct => "read:statuses",
        }
    }

    /// The name in the frames of a WebSocket.
    pub(crate) fn name(&self) -> Vec<String> {
        let place = |local: Option<bool>| match local {
            None => "",
            Some(true) => ":local",
            Some(false) => ":remote",
        };
        match self {
            Self::User => vec!["user".to_owned()],
            Self::Told => vec!["user:notification".to_owned()],
            Self::Direct => vec!["direct".to_owned()],
            Self::Public(Open { local, pictures }) => {
                vec![format!("public{}{}", place(*local), if *pictures { ":media" } else { "" })]
            }
            Self::Tag(tag, local) => vec![format!("hashtag{}", place(*local)), tag.clone()],
            Self::List(list) => vec!["list".to_owned(), list.to_string()],
        }
    }
}

fn tag(params: &Params) -> Result<String> {
    let tag = params.text("tag").map(|tag| hashtag::fold(tag.trim_start_matches('#')));
    tag.filter(|tag| !tag.is_empty()).ok_or_else(|| Error::invalid("the hashtag is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_channels_and_back() {
        let params = Params::of_query("tag=%23Huerto&list=7");
        for name in [
            "user",
            "user:notification",
            "direct",
            "public",
            "public:local",
            "public:remote",
            "public:media",
            "public:local:media",
            "public:remote:media",
        ] {
            assert_eq!(Channel::named(name, &params).unwrap().name(), [name]);
        }
        assert_eq!(Channel::named("hashtag:local", &params).unwrap().name(), ["hashtag:local", "huerto"]);
        assert_eq!(Channel::named("list", &params).unwrap().name(), ["list", "7"]);
        for (name, query) in [("hashtag", "tag="), ("list", "list=x"), ("nobody", ""), ("", "")] {
            assert!(Channel::named(name, &Params::of_query(query)).is_err(), "{name}");
        }
        let pictures = Channel::named("public", &Params::of_query("only_media=true")).unwrap();
        assert_eq!(pictures, Channel::named("public:media", &params).unwrap());
    }
}
