//! Posts: threads and replies are one noun.
use serde::{Deserialize, Serialize};

use crate::{
    actor::text_enum,
    id::{ActorId, AppId, MediaId, PostId},
    media::Focus,
    text::html,
    time::Timestamp,
};

/// How deep a thread may nest.
pub const DEPTH: i32 = 50;

text_enum! {
    /// To what an author agrees, of what somebody asked to do with a post.
    Consent {
        /// To quote it.
        Quote = "quote",
        /// To like it.
        Like = "like",
        /// To answer it.
        Reply = "reply",
        /// To pass it on.
        Share = "share",
    }
}

text_enum! {
    /// What an author called the post; it decides little more than the form in which it is sent on.
    PostKind {
        /// A short text.
        Note = "note",
        /// A text with a title.
        Article = "article",
        /// A titled text or link, as forums write it.
        Page = "page",
        /// A poll.
        Question = "question",
        /// Something that takes place.
        Event = "event",
        /// A film.
        Video = "video",
        /// Anything else that has a name or a content.
        Other = "other",
    }
}

text_enum! {
    /// Whom the author addressed; a private group narrows it to its members.
    Audience {
        /// Everybody.
        Public = "public",
        /// Everybody who has the link.
        Unlisted = "unlisted",
        /// The author's followers.
        Followers = "followers",
        /// The people it mentions.
        Direct = "direct",
        /// The members of its group.
        Members = "members",
    }
}

impl Audience {
    /// Whether anybody at all may read it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }

    /// The same, but no wider than `other`.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        let narrower = [Self::Direct, Self::Members, Self::Followers, Self::Unlisted];
        narrower.into_iter().find(|narrow| [self, other].contains(narrow)).unwrap_or(Self::Public)
    }
}

/// A picture, film, sound or link that belongs to a post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number, if somebody here brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// Where it is; of ours, the path alone.
    pub url: String,
    /// Where a small version of it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Its media type; a link has `text/html`.
    pub media_type: String,
    /// What it shows, in words.
    pub alt: String,
    /// A coarse preview (a `BlurHash`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// How long it lasts, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// What of it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Poll {
    /// The answers to choose from, with the votes counted for each.
    pub options: Vec<(String, u32)>,
    /// Whether one may choose several.
    pub multiple: bool,
    /// When it closes.
    pub closes: Option<Timestamp>,
    /// How many people voted.
    pub voters: u32,
    /// Whether nobody sees what was counted for each answer before it closes.
    #[serde(default)]
    pub hides_totals: bool,
}

text_enum! {
    /// Whether whoever wrote what is quoted agrees.
    QuoteState {
        /// They were asked, or will be.
        Pending = "pending",
        /// They do.
        Accepted = "accepted",
        /// They do not.
        Rejected = "rejected",
        /// They did, and do no more.
        Revoked = "revoked",
    }
}

text_enum! {
    /// Whom an author lets quote a post that everybody may read.
    #[derive(Default)]
    Quoting {
        /// Everybody.
        #[default]
        Anybody = "public",
        /// Who follows the author.
        Followers = "followers",
        /// Only the author.
        Nobody = "nobody",
    }
}

text_enum! {
    /// Whom an author elsewhere lets do something with a post.
    #[derive(Default)]
    Leave {
        /// Everybody.
        #[default]
        Anybody = "public",
        /// Whoever asks, once they said yes.
        Asked = "asked",
        /// Nobody, but perhaps whom it mentions.
        Nobody = "nobody",
    }
}

/// Whom an author elsewhere lets do what with a post, as GoToSocial has it (`interactionPolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Leaves {
    /// Answer it.
    pub reply: Leave,
    /// Vote for it.
    pub like: Leave,
    /// Pass it on.
    pub share: Leave,
}

/// What the author of a post elsewhere says to an answer from here, if they want to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assent {
    /// Nothing yet: nobody else reads it.
    Awaited,
    /// No: nobody else reads it.
    Refused,
    /// Yes, by the document with this id.
    Given(String),
}

/// With what somebody here wrote a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pen {
    /// A page of this server.
    Page,
    /// An application.
    App(AppId),
}

/// What a post quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The id of what is quoted.
    pub uri: String,
    /// Its number here, if it is known.
    pub post: Option<PostId>,
    /// Whether its author agrees.
    pub state: QuoteState,
    /// The document by which they agree.
    pub stamp: Option<String>,
}

/// What was counted in a poll.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// The votes for each option, by its place.
    pub votes: Vec<u32>,
    /// How many people voted.
    pub voters: u32,
}

impl Counted {
    /// Counts one more vote for the option at this place.
    pub fn add(&mut self, choice: usize) {
        if self.votes.len() <= choice {
            self.votes.resize(choice + 1, 0);
        }
        if let Some(votes) = self.votes.get_mut(choice) {
            *votes = votes.saturating_add(1);
        }
    }
}

impl Poll {
    /// Whether it takes no more votes.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closes.is_some_and(|closes| closes <= now)
    }

    /// Whether people see what was counted for each answer.
    pub fn shows_totals(&self, now: Timestamp) -> bool {
        !self.hides_totals || self.is_closed(now)
    }

    /// The names of its options.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(|(option, _)| option.as_str())
    }

    /// The place of the option with this name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.options.iter().position(|(option, _)| option == name)
    }

    /// Whether it asks what another one asks, whatever was counted in either.
    pub fn asks_as(&self, other: &Self) -> bool {
        let names = |poll: &Self| poll.options.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        self.multiple == other.multiple && names(self) == names(other)
    }

    /// What was counted.
    pub fn count(&self) -> Counted {
        Counted { votes: self.options.iter().map(|(_, votes)| *votes).collect(), voters: self.voters }
    }

    /// The same poll with what was counted in it.
    #[must_use]
    pub fn counting(self, counted: &Counted) -> Self {
        let votes = counted.votes.iter().copied().chain(std::iter::repeat(0));
        let options = self.options.into_iter().zip(votes).map(|((name, _), votes)| (name, votes)).collect();
        Self { options, voters: counted.voters, ..self }
    }
}

/// What a post says: what its author may change later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    /// The title of a thread, plain text.
    pub title: Option<String>,
    /// The body, sanitised HTML.
    pub html: String,
    /// The body as it was written, if that was Markdown.
    pub source: Option<String>,
    /// A content warning, plain text.
    pub warning: Option<String>,
    /// Whether media should be hidden at first.
    pub sensitive: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// Pictures, films, links.
    pub attachments: Vec<Attachment>,
    /// Hashtags, folded, without `#`.
    pub tags: Vec<String>,
    /// A poll.
    pub poll: Option<Poll>,
    /// Who may quote it.
    #[serde(default)]
    pub quoting: Quoting,
    /// Who may do what else with it, if it is from elsewhere.
    #[serde(default)]
    pub leaves: Leaves,
    /// What the author of what it answers says to it, if they were asked.
    #[serde(default)]
    pub assent: Option<Assent>,
    /// With what it was written first, if that was here and is known.
    #[serde(default)]
    pub pen: Option<Pen>,
}

impl Content {
    /// All texts in which names may stand for pictures.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let options = self.poll.iter().flat_map(Poll::texts);
        let lines = [self.title.as_deref(), self.warning.as_deref(), Some(self.html.as_str())];
        lines.into_iter().flatten().chain(options)
    }

    /// All that it says, as plain text: its title, its warning, its body and what one may choose.
    pub fn says(&self) -> String {
        let body = html::to_text(&self.html);
        let lines = [self.title.as_deref(), self.warning.as_deref(), Some(body.as_str())];
        let options = self.poll.iter().flat_map(Poll::texts);
        lines.into_iter().flatten().chain(options).collect::<Vec<_>>().join("\n")
    }
}

/// A post as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its number here.
    pub id: PostId,
    /// Its id on the network, a URL.
    pub uri: String,
    /// The page to show to people.
    pub url: String,
    /// What its author called it.
    pub kind: PostKind,
    /// Who wrote it.
    pub author: ActorId,
    /// The group it stands in.
    pub group: Option<ActorId>,
    /// The post it replies to.
    pub parent: Option<PostId>,
    /// The post that started its thread; itself for a thread.
    pub root: PostId,
    /// How many parents it has up to the root.
    pub depth: i32,
    /// Whom it is addressed to.
    pub audience: Audience,
    /// What it says.
    pub content: Content,
    /// Whether its author lives here.
    pub local: bool,
    /// When it was published, never in the future.
    pub published: Timestamp,
    /// When its content last changed.
    pub edited: Option<Timestamp>,
    /// When its author deleted it; its id then answers 410.
    pub deleted: Option<Timestamp>,
    /// When a moderator removed it from its group.
    pub removed: Option<Timestamp>,
    /// When a moderator closed it to replies.
    pub locked: Option<Timestamp>,
    /// When a moderator pinned it.
    pub featured: Option<Timestamp>,
}

impl Post {
    /// Whether it starts a thread.
    pub fn is_thread(&self) -> bool {
        self.parent.is_none()
    }

    /// Whether nobody but its author reads it, because the author of what it answers has not said yes.
    pub fn lacks_assent(&self) -> bool {
        matches!(self.content.assent, Some(Assent::Awaited | Assent::Refused))
    }

    /// Whether it can still be read by those it is addressed to.
    pub fn is_live(&self) -> bool {
        self.deleted.is_none() && self.removed.is_none()
    }
}

/// How many there are of what others did with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Replies that can be read.
    pub replies: i64,
    /// Votes for it.
    pub likes: i64,
    /// Votes against it.
    pub dislikes: i64,
    /// People and groups who passed it on.
    pub shares: i64,
}

text_enum! {
    /// An opinion in one click.
    Vote {
        /// For.
        Like = "like",
        /// Against.
        Dislike = "dislike",
    }
}

text_enum! {
    /// What a request to follow has come to.
    FollowState {
        /// Not answered yet.
        Pending = "pending",
        /// In force.
        Accepted = "accepted",
    }
}
