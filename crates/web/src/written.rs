//! Posts as files hold them: all of each for software, or a row of a table.
use app::archive::Piece;
use domain::{
    actor::Actor,
    post::{Attachment, Poll, Post},
    text::html,
    time::Timestamp,
    urls::{Site, media::is_ours},
};
use serde_json::{Value, json};

use crate::{archive::shelved, language::machine_moment, table};

/// The columns of a table of posts, behind what says to spreadsheets that this is UTF-8.
const COLUMNS: &str = "\u{feff}url,published,author,community,kind,in_reply_to,title,text,poll,removed\n";

/// How a file holds posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Table,
}

/// A post with what its file says of it.
struct Entry<'a> {
    post: &'a Post,
    piece: &'a Piece,
    /// Whether its pictures, films and sounds come along as files.
    has_files: bool,
    now: Timestamp,
}

impl Form {
    /// What stands before all posts.
    pub(crate) fn head(self) -> &'static str {
        match self {
            Self::Json => "[",
            Self::Table => COLUMNS,
        }
    }

    /// What stands after them.
    pub(crate) fn foot(self) -> &'static str {
        match self {
            Self::Json => "\n]\n",
            Self::Table => "",
        }
    }

    /// Some posts, the first ones of the file or more of them, and whether pictures, films and sounds of each come along.
    pub(crate) fn say(
        self,
        (site, now): (&Site, Timestamp),
        piece: &Piece,
        has_files: impl Fn(&Post) -> bool,
        is_first: bool,
    ) -> String {
        let entries = piece.posts.iter().map(|post| Entry { post, piece, has_files: has_files(post), now });
        match self {
            Self::Json => {
                let mut text = String::new();
                for (at, entry) in entries.enumerate() {
                    text.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
                    text.push_str(&entry.json(site).to_string());
                }
                text
            }
            Self::Table => entries.map(|entry| entry.row()).collect(),
        }
    }
}

/// What belongs to a post: where it is, and, if that comes along, where the archive has it.
fn attached(site: &Site, it: &Attachment, has_files: bool) -> Value {
    let file = (has_files && is_ours(&it.url)).then(|| shelved(&it.url));
    json!({ "url": site.located(&it.url), "file": file, "description": it.alt })
}

/// A poll: what one chooses from, with how many chose it, unless that stays hidden until it closes.
fn asked(poll: &Poll, now: Timestamp) -> Value {
    let shown = poll.shows_totals(now);
    let option = |(title, votes): &(String, u32)| json!({ "title": title, "votes": shown.then_some(*votes) });
    let options: Vec<Value> = poll.options.iter().map(option).collect();
    json!({
        "options": options,
        "multiple": poll.multiple,
        "closes": poll.closes.map(machine_moment),
        "voters": poll.voters,
    })
}

/// The same in a field of a table.
fn chosen(poll: &Poll, now: Timestamp) -> String {
    let shown = poll.shows_totals(now);
    let option = |(title, votes): &(String, u32)| if shown { format!("{title}: {votes}") } else { title.clone() };
    poll.options.iter().map(option).collect::<Vec<_>>().join("; ")
}

impl Entry<'_> {
    fn author(&self) -> Option<&Actor> {
        self.piece.people.get(&self.post.author)
    }

    fn group(&self) -> Option<&Actor> {
        self.piece.people.get(&self.post.group?)
    }

    /// The URI of what it answers.
    fn parent(&self) -> Option<&str> {
        self.piece.parents.get(&self.post.parent?).map(String::as_str)
    }

    fn json(&self, site: &Site) -> Value {
        let (post, content) = (self.post, &self.post.content);
        json!({
            "id": post.uri,
            "url": post.url,
            "published": machine_moment(post.published),
            "edited": post.edited.map(machine_moment),
            "author": self.author().map(|author| &author.uri),
            "community": self.group().map(|group| &group.uri),
            "in_reply_to": self.parent(),
            "audience": post.audience.as_str(),
            "title": content.title,
            "warning": content.warning,
            "language": content.language,
            "html": content.html,
            "markdown": content.source,
            "tags": content.tags,
            "poll": content.poll.as_ref().map(|poll| asked(poll, self.now)),
            "removed": post.removed.map(machine_moment),
            "media": content.attachments.iter().map(|it| attached(site, it, self.has_files)).collect::<Vec<_>>(),
        })
    }

    fn row(&self) -> String {
        let (post, content) = (self.post, &self.post.content);
        let kind = if post.parent.is_some() { "reply" } else { "thread" };
        table::written(&[
            &post.url,
            &machine_moment(post.published),
            &self.author().map(Actor::handle).unwrap_or_default(),
            &self.group().map(Actor::handle).unwrap_or_default(),
            kind,
            self.parent().unwrap_or_default(),
            content.title.as_deref().unwrap_or_default(),
            &html::to_text(&content.html),
            &content.poll.as_ref().map(|poll| chosen(poll, self.now)).unwrap_or_default(),
            &post.removed.map(machine_moment).unwrap_or_default(),
        ])
    }
}
