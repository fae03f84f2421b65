//! What was entered to write something, and what becomes of it.
use std::{collections::HashMap, time::Duration};

use app::{
    drafts::{Begun, Place},
    media::About,
    polls,
    posts::Writing,
};
use domain::{
    id::{ActorId, MediaId, PostId},
    post::{Pen, Poll, Post},
    text::html,
    time::{Timestamp, span},
};

/// For how long a poll may be open: what is sent, and how long that is.
pub(super) const SPANS: [(&str, Duration); 5] = [
    ("1h", span::hours(1)),
    ("6h", span::hours(6)),
    ("1d", span::days(1)),
    ("3d", span::days(3)),
    ("7d", span::days(7)),
];
/// What is chosen if nothing is.
pub(super) const USUAL: (&str, Duration) = ("1d", span::days(1));

/// What a button says that publishes at another time.
pub(crate) const LATER: &str = "later";

/// What was entered.
#[derive(Debug, Default, Clone)]
pub(crate) struct Entered {
    pub(crate) group: String,
    pub(crate) to: String,
    pub(crate) edit: String,
    pub(crate) quote: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) warning: String,
    pub(crate) language: String,
    /// Whether the media are covered at first.
    pub(crate) is_sensitive: bool,
    pub(crate) media: Vec<MediaId>,
    /// What the media show, as far as that was entered now.
    pub(crate) alts: HashMap<MediaId, String>,
    pub(crate) options: Vec<String>,
    pub(crate) is_multiple: bool,
    /// Whether nobody sees the results of the poll before it ends.
    pub(crate) hides_totals: bool,
    pub(crate) lasts: String,
    /// When it is to be published, by the clock of which place.
    pub(crate) due: String,
    pub(crate) zone: String,
    pub(crate) back: String,
    pub(crate) deed: Deed,
}

/// Which button was pressed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    #[default]
    Publish,
    /// Publish, even if pictures are not described.
    Anyway,
    /// Publish at another time.
    Later,
    /// The same, even if pictures are not described.
    LaterAnyway,
    /// Look at it first.
    Preview,
    /// Take in the files.
    Attach,
    /// Forget all of it.
    Discard,
}

impl Deed {
    /// Whether it is to be published at another time.
    pub(crate) fn is_later(self) -> bool {
        matches!(self, Self::Later | Self::LaterAnyway)
    }
}

impl Entered {
    pub(super) fn read(pairs: Vec<(String, String)>) -> Self {
        let mut entered = Self::default();
        let mut dropped = Vec::new();
        for (name, value) in pairs {
            match name.as_str() {
                "group" => entered.group = value,
                "to" => entered.to = value,
                "edit" => entered.edit = value,
                "quote" => entered.quote = value,
                "title" => entered.title = value,
                "text" => entered.text = value,
                "warning" => entered.warning = value,
                "language" => entered.language = value,
                "sensitive" => entered.is_sensitive = true,
                "media" => entered.media.extend(value.parse().map(MediaId)),
                "drop" => dropped.extend(value.parse().map(MediaId)),
                "option" => entered.options.push(value),
                "multiple" => entered.is_multiple = true,
                "hide_totals" => entered.hides_totals = true,
                "lasts" => entered.lasts = value,
                "back" => entered.back = value,
                "preview" => entered.deed = Deed::Preview,
                "attach" => entered.deed = Deed::Attach,
                "due" => entered.due = value,
                "zone" => entered.zone = value,
                "later" => entered.deed = Deed::Later,
                "anyway" if value == LATER => entered.deed = Deed::LaterAnyway,
                "anyway" => entered.deed = Deed::Anyway,
                "discard" => entered.deed = Deed::Discard,
                _ => {
                    let id = name.strip_prefix("alt-").and_then(|id| id.parse().ok());
                    entered.alts.extend(id.map(|id| (MediaId(id), value)));
                }
            }
        }
        entered.media.retain(|id| !dropped.contains(id));
        entered
    }

    /// A draft, as it was entered.
    pub(super) fn draft(Begun { writing, at: last }: Begun, at: Place) -> Self {
        let number = |id: i64| id.to_string();
        let poll = writing.poll.unwrap_or_default();
        // From when one chose it, which may have been a little before it was kept.
        let open = poll.closes.map(|at| at.since(last));
        let lasts = open.and_then(|open| SPANS.into_iter().find(|(_, span)| *span >= open)).unwrap_or(USUAL).0;
        Self {
            group: writing.group.map(|group| number(group.0)).unwrap_or_default(),
            to: if let Place::Reply(to) = at { number(to.0) } else { String::new() },
            edit: if let Place::Edit(post) = at { number(post.0) } else { String::new() },
            quote: writing.quote.map(|quote| number(quote.0)).unwrap_or_default(),
            title: writing.title.unwrap_or_default(),
            text: writing.text,
            warning: writing.warning.unwrap_or_default(),
            language: writing.language.unwrap_or_default(),
            is_sensitive: writing.sensitive,
            media: writing.media,
            alts: writing.described.into_iter().filter_map(|(id, about)| Some((id, about.description?))).collect(),
            options: poll.options.into_iter().map(|(option, _)| option).collect(),
            is_multiple: poll.multiple,
            hides_totals: poll.hides_totals,
            lasts: lasts.to_owned(),
            ..Self::default()
        }
    }

    /// A post, as it was entered.
    pub(super) fn written(post: &Post) -> Self {
        let content = &post.content;
        Self {
            edit: post.id.to_string(),
            title: content.title.clone().unwrap_or_default(),
            text: content.source.clone().unwrap_or_else(|| html::to_text(&content.html)),
            warning: content.warning.clone().unwrap_or_default(),
            language: content.language.clone().unwrap_or_default(),
            is_sensitive: content.sensitive && content.warning.is_none(),
            media: content.attachments.iter().filter_map(|attachment| attachment.media).collect(),
            ..Self::default()
        }
    }

    pub(super) fn place(&self) -> Place {
        match (self.edit.parse(), self.to.parse()) {
            (Ok(post), _) => Place::Edit(PostId(post)),
            (_, Ok(to)) => Place::Reply(PostId(to)),
            _ => Place::Thread,
        }
    }

    pub(super) fn writing(&self, now: Timestamp) -> Writing {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = |text: &str| text.parse::<i64>().ok();
        Writing {
            text: self.text.clone(),
            title: some(&self.title),
            warning: some(&self.warning),
            sensitive: self.is_sensitive,
            language: some(&self.language),
            parent: number(&self.to).map(PostId),
            group: number(&self.group).map(ActorId),
            media: self.media.clone(),
            described: self.described(),
            poll: self.poll(now),
            quote: number(&self.quote).map(PostId),
            pen: Some(Pen::Page),
            ..Writing::default()
        }
    }

    /// What is said of the media, in their order.
    fn described(&self) -> Vec<(MediaId, About)> {
        let said = |id: &MediaId| Some((*id, About { description: Some(self.alts.get(id)?.clone()), focus: None }));
        self.media.iter().filter_map(said).collect()
    }

    /// The poll, if anything of it was entered.
    fn poll(&self, now: Timestamp) -> Option<Poll> {
        let options: Vec<(String, u32)> =
            self.options.iter().filter(|option| !option.trim().is_empty()).map(|option| (option.clone(), 0)).collect();
        let (_, lasts) = SPANS.into_iter().find(|(word, _)| *word == self.lasts).unwrap_or(USUAL);
        let most = options.into_iter().take(polls::OPTIONS).collect::<Vec<_>>();
        (!most.is_empty()).then(|| Poll {
            options: most,
            multiple: self.is_multiple,
            hides_totals: self.hides_totals,
            closes: Some(now + lasts),
            ..Poll::default()
        })
    }
}
