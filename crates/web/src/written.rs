//! Posts as files hold them: all of each for software, or a row of a table.
use domain::{
    actor::Actor,
    post::{Attachment, Post},
    text::html,
    urls::{Site, media::is_ours},
};
use serde_json::{Value, json};

use crate::{archive::shelved, language::machine_moment, table};

/// The columns of a table of posts, behind what says to spreadsheets that this is UTF-8.
const COLUMNS: &str = "\u{feff}url,published,author,community,kind,title,text,removed\n";

/// How a file holds posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Table,
}

/// A post with what its file says of it.
pub(crate) struct Entry<'a> {
    pub(crate) post: &'a Post,
    pub(crate) author: Option<&'a Actor>,
    pub(crate) group: Option<&'a Actor>,
    /// Whether its pictures, films and sounds come along as files.
    pub(crate) has_files: bool,
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

    /// Some posts: the first ones of the file, or more of them.
    pub(crate) fn say(self, site: &Site, entries: &[Entry<'_>], is_first: bool) -> String {
        match self {
            Self::Json => {
                let mut text = String::new();
                for (at, entry) in entries.iter().enumerate() {
                    text.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
                    text.push_str(&entry.json(site).to_string());
                }
                text
            }
            Self::Table => entries.iter().map(Entry::row).collect(),
        }
    }
}

/// What belongs to a post: where it is, and, if that comes along, where the archive has it.
fn attached(site: &Site, it: &Attachment, has_files: bool) -> Value {
    let file = (has_files && is_ours(&it.url)).then(|| shelved(&it.url));
    json!({ "url": site.located(&it.url), "file": file, "description": it.alt })
}

impl Entry<'_> {
    fn json(&self, site: &Site) -> Value {
        let (post, content) = (self.post, &self.post.content);
        json!({
            "id": post.uri,
            "url": post.url,
            "published": machine_moment(post.published),
            "edited": post.edited.map(machine_moment),
            "author": self.author.map(|author| &author.uri),
            "community": self.group.map(|group| &group.uri),
            "audience": post.audience.as_str(),
            "title": content.title,
            "warning": content.warning,
            "language": content.language,
            "html": content.html,
            "markdown": content.source,
            "tags": content.tags,
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
            &self.author.map(Actor::handle).unwrap_or_default(),
            &self.group.map(Actor::handle).unwrap_or_default(),
            kind,
            content.title.as_deref().unwrap_or_default(),
            &html::to_text(&content.html),
            &post.removed.map(machine_moment).unwrap_or_default(),
        ])
    }
}
