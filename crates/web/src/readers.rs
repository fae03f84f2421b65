//! Who reads a post: a word beside what is not for everybody, and a sentence for whoever is about to write.
use app::{Me, posts};
use domain::{
    policy,
    post::{Audience, Post},
    urls::Site,
};
use store::Conn;

use crate::{cards::Face, language::Language};

/// What is said beside a post that is not for everybody.
pub(crate) fn chip(t: Language, audience: Audience) -> Option<&'static str> {
    match audience {
        Audience::Public | Audience::Unlisted => None,
        Audience::Followers => Some(t.for_followers()),
        Audience::Direct => Some(t.for_named()),
        Audience::Members => Some(t.for_members()),
    }
}

/// For whom something is that is written on a page, by somebody who `usually` writes for these: in a community for all who
/// read what is there. Elsewhere nothing is said of it, so that an answer is for no wider circle than what it answers.
pub(crate) fn addressed(usual: Audience, to: Option<&Post>) -> Option<Audience> {
    let open = if usual.is_open() { usual } else { Audience::Public };
    match to {
        Some(to) => to.group.map(|_| open.within(to.audience)),
        None => Some(open),
    }
}

/// Who will read what somebody is about to write, as a page says it.
pub(crate) struct Told {
    pub(crate) words: String,
    /// Whether it is not for everybody.
    pub(crate) are_few: bool,
}

/// Who will read what somebody is about to write.
pub(crate) enum Readers {
    /// Everybody in the community that they choose.
    Community,
    /// Whom it is for; these, if it is for those alone who are named.
    Audience(Audience, Vec<Face>),
}

impl Readers {
    /// Of an answer.
    pub(crate) fn of_reply(c: &mut Conn, site: &Site, me: Me, to: &Post) -> store::Result<Self> {
        let usual = store::preferences::of(c, me.0)?.audience;
        let audience = policy::address(addressed(usual, Some(to)), usual, Some(to));
        let named = match (audience, to.audience) {
            (Audience::Direct, Audience::Direct) => posts::between(c, to, me)?,
            (Audience::Direct, _) => store::actors::by_ids(c, &[to.author])?,
            _ => Vec::new(),
        };
        Ok(Self::Audience(audience, named.iter().map(|actor| Face::new(site, actor)).collect()))
    }

    /// Of a change of a post.
    pub(crate) fn of_edit(c: &mut Conn, site: &Site, me: Me, post: &Post) -> store::Result<Self> {
        let named = if post.audience == Audience::Direct { posts::between(c, post, me)? } else { Vec::new() };
        Ok(Self::Audience(post.audience, named.iter().map(|actor| Face::new(site, actor)).collect()))
    }

    /// The same in words.
    pub(crate) fn told(&self, t: Language) -> Told {
        let are_few = matches!(self, Self::Audience(audience, _) if !audience.is_open());
        Told { words: self.words(t), are_few }
    }

    fn words(&self, t: Language) -> String {
        let Self::Audience(audience, named) = self else { return t.readers_community().to_owned() };
        let name = |face: &Face| if face.is_group { t.team_of(&face.name) } else { face.name.clone() };
        match audience {
            Audience::Public => t.readers_all().to_owned(),
            Audience::Unlisted => t.readers_unlisted().to_owned(),
            Audience::Followers => t.readers_followers().to_owned(),
            Audience::Members => t.readers_members().to_owned(),
            Audience::Direct if named.is_empty() => t.readers_self().to_owned(),
            Audience::Direct => t.readers_named(named.iter().map(name).collect::<Vec<_>>().join(", ")),
        }
    }
}
