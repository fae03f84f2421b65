//! What a page shows of a post and of an actor.
use std::collections::HashMap;

use app::{App, view::PostView};
use domain::{
    actor::Actor,
    emoji::Palette,
    filter::Fate,
    host::{self, Host},
    id::ActorId,
    media::Covered,
    post::{Assent, Audience, Content, Post},
    text::{
        hashtag, html, plain,
        search::{Piece, Query},
        title,
    },
    urls::{self, Site, media::Portrait},
};
use store::{Conn, preferences::Reading};

use crate::{
    care, compose, history,
    language::{self, Language},
    media::{self, Link, Medium},
    polls::Ballot,
    readers,
    roots::Root,
};

/// The longest piece of a post that stands for the whole of it.
const EXCERPT: usize = 240;
/// The colours of those who have not chosen one, as the style sheet paints them.
pub(crate) const TONES: [&str; 8] =
    ["#9a4a2c", "#4f6b3d", "#33667c", "#84436c", "#76601f", "#50529a", "#2f6a5b", "#9b3c4c"];
/// The longest first words that stand for a missing title.
const HEADLINE: usize = 90;
/// Longer than any title.
const TITLE: usize = 1_000;

/// An actor as a page names it.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    /// Whose it is.
    pub(crate) id: ActorId,
    pub(crate) name: String,
    /// The same as HTML, with its emoji as pictures, apart from the direction of the text around it.
    pub(crate) shown: String,
    /// `@name@host`
    pub(crate) handle: String,
    /// Its page here.
    pub(crate) page: String,
    pub(crate) letter: String,
    /// One of [`TONES`].
    pub(crate) tone: usize,
    /// Its picture; the letter stands for it if there is none.
    pub(crate) picture: Option<String>,
    pub(crate) is_group: bool,
    pub(crate) is_local: bool,
}

impl Face {
    /// The same, with pictures for the emoji that it names.
    pub(crate) fn painted(site: &Site, actor: &Actor, palette: &Palette) -> Self {
        let plain = Self::new(site, actor);
        Self { shown: palette.paint(site, actor.peer, &plain.shown), ..plain }
    }

    pub(crate) fn new(site: &Site, actor: &Actor) -> Self {
        let host = Host::parse(&actor.host).map_or_else(|| actor.host.clone(), |host| host.display());
        let name = called(actor).to_owned();
        Self {
            id: actor.id,
            handle: format!("@{}@{host}", actor.name),
            page: page_of(site, actor),
            letter: letter(&name),
            tone: actor.name.bytes().map(usize::from).sum::<usize>() % TONES.len(),
            // Of whom nothing is shown, pictures have no address that answers.
            picture: site.portrait(actor, Portrait::Icon).filter(|_| !actor.suspended),
            is_group: actor.is_group(),
            is_local: actor.is_local(),
            shown: format!("<bdi>{}</bdi>", html::escape(&name)),
            name,
        }
    }

    /// The colour it has where none was chosen.
    pub(crate) fn toned(&self) -> &'static str {
        TONES.get(self.tone).copied().unwrap_or_default()
    }
}

/// What somebody is called.
pub(crate) fn called(actor: &Actor) -> &str {
    if actor.title.is_empty() { &actor.name } else { &actor.title }
}

/// What stands for the picture of somebody with this name.
pub(crate) fn letter(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

/// Actors as a page names them, by their numbers.
pub(crate) type Faces = HashMap<ActorId, Face>;

/// These actors as a page names them, with pictures for the emoji in their names.
pub(crate) fn faces(c: &mut Conn, site: &Site, actors: &[Actor]) -> store::Result<Faces> {
    let palette = app::view::palette(c, actors)?;
    Ok(actors.iter().map(|actor| (actor.id, Face::painted(site, actor, &palette))).collect())
}

/// The actors with these numbers as a page names them.
pub(crate) fn faces_of(c: &mut Conn, site: &Site, ids: &[ActorId]) -> store::Result<Faces> {
    let actors = store::actors::by_ids(c, ids)?;
    faces(c, site, &actors)
}

/// Who it is now that has moved.
pub(crate) fn moved(c: &mut Conn, site: &Site, actor: ActorId) -> store::Result<Option<Face>> {
    let Some((target, _)) = store::moves::last(c, actor)? else { return Ok(None) };
    Ok(faces_of(c, site, &[target])?.remove(&target))
}

/// These actors as a page names them, for who has no connection at hand.
pub(crate) async fn named(app: &App, actors: Vec<Actor>) -> app::Result<Faces> {
    let site = app.site().clone();
    app.read(move |c| faces(c, &site, &actors)).await
}

/// One of them.
pub(crate) async fn face(app: &App, actor: &Actor) -> app::Result<Face> {
    let found = named(app, vec![actor.clone()]).await?.remove(&actor.id);
    Ok(found.unwrap_or_else(|| Face::new(app.site(), actor)))
}

/// The page of an actor here, wherever it lives.
pub(crate) fn page_of(site: &Site, actor: &Actor) -> String {
    if actor.is_local() { actor.uri.clone() } else { site.actor(site.host(), &actor.handle()) }
}

/// A link to somewhere else, if it is one that a browser may follow.
pub(crate) fn outward(url: &str) -> Option<String> {
    host::origin(url).map(|_| url.to_owned())
}

/// What a post quotes.
#[derive(Debug, Clone)]
pub(crate) enum Quoted {
    /// All of it, since its author agrees.
    Card(Box<Card>),
    /// Why it is not shown.
    Withheld(&'static str),
}

/// A post as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) id: i64,
    /// Its title, or its first words.
    pub(crate) headline: String,
    /// The same as HTML, with its emoji as pictures.
    pub(crate) heading: String,
    pub(crate) titled: bool,
    pub(crate) excerpt: String,
    /// What was searched for in it, marked, as HTML: in place of the excerpt.
    pub(crate) marked: Option<String>,
    /// Whether search engines may show words of it.
    pub(crate) is_quotable: bool,
    /// Sanitised, with emoji as pictures.
    pub(crate) html: String,
    pub(crate) language: Option<String>,
    pub(crate) warning: Option<String>,
    pub(crate) author: Face,
    /// What they are to the community, where that is said beside what they write.
    pub(crate) role: Option<&'static str>,
    pub(crate) group: Option<Face>,
    /// The conversation to which it belongs, where replies stand apart from theirs.
    pub(crate) root: Option<Root>,
    /// Its page here.
    pub(crate) page: String,
    /// Its page where it was published, when that is not here.
    pub(crate) original: Option<String>,
    pub(crate) when: String,
    /// The moment in words, and for software.
    pub(crate) moment: String,
    pub(crate) when_exactly: String,
    pub(crate) edited: bool,
    pub(crate) pinned: bool,
    pub(crate) locked: bool,
    /// Whether it begins a thread, and whether it was written to those alone whom it names.
    pub(crate) is_thread: bool,
    pub(crate) is_private: bool,
    /// For whom it is, if not for everybody.
    pub(crate) readers: Option<&'static str>,
    /// Why only its author and the team see it, in words and looks.
    pub(crate) hidden: Option<(&'static str, &'static str)>,
    pub(crate) replies: String,
    pub(crate) likes: Option<String>,
    pub(crate) media: Vec<Medium>,
    /// A small picture that stands for it in lists.
    pub(crate) thumbnail: Option<String>,
    /// Whether its media are covered at first, without a warning that covers all of it.
    pub(crate) is_veiled: bool,
    /// Whether they are said to be sensitive.
    pub(crate) is_sensitive: bool,
    /// Whether what it warns of is open.
    pub(crate) opened: bool,
    pub(crate) links: Vec<Link>,
    /// The hashtags that its text does not say, and where their pages are.
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) ballot: Option<Ballot>,
    /// What it quotes, if that may be read.
    pub(crate) quoted: Option<Quoted>,
    /// Why it is folded, if whoever looks at it does not want to read its author or what it says.
    pub(crate) folded: Option<String>,
    /// Whether whoever looks at it voted for it, passed it on, keeps it, or wrote it.
    pub(crate) voted: bool,
    pub(crate) shared: bool,
    pub(crate) saved: bool,
    pub(crate) mine: bool,
    /// Whether whoever looks at it may pin it to their page, and did.
    pub(crate) may_pin: bool,
    pub(crate) is_on_page: bool,
    /// Whether it answers its thread, and whether whoever looks at it may say so.
    pub(crate) solves: bool,
    /// Whether a reply answers it, where that was asked.
    pub(crate) is_solved: bool,
    pub(crate) may_solve: bool,
    /// Where whoever looks at it replies, if that is on their own server; empty if they cannot.
    pub(crate) reply_elsewhere: Option<String>,
}

/// What a post is called in lists, in one line: its title, what it warns of, or its first words.
pub(crate) fn headline(t: Language, post: &Post, author: &Actor, media: &[Medium]) -> String {
    let Content { title, warning, html, .. } = &post.content;
    if let Some(said) = title.iter().chain(warning).find(|said| !said.is_empty()) {
        return said.clone();
    }
    let words = without_greeting(&html::excerpt(html, HEADLINE)).to_owned();
    if words.split_whitespace().any(|word| !word.starts_with('@')) {
        return words;
    }
    // Of a picture without a word, what it shows.
    let shown = media.iter().find(|one| !one.alt.is_empty()).map(|one| plain::cut(&one.alt, HEADLINE));
    shown.unwrap_or_else(|| t.post_by(&author.title))
}

/// The beginning of a text below its title; nothing, if it is the title again behind whom it mentions.
fn further(excerpt: String, title: &str) -> String {
    let said: Vec<&str> = excerpt.split_whitespace().skip_while(|word| word.starts_with('@')).collect();
    if said == title.split_whitespace().collect::<Vec<_>>() { String::new() } else { excerpt }
}

impl Card {
    pub(crate) fn new(app: &App, t: Language, view: &PostView) -> Self {
        let site = app.site();
        let PostView { post, author, group, tally, palette, .. } = view;
        let content = &post.content;
        let warning = content.warning.clone().filter(|warning| !warning.is_empty());
        let title = content.title.clone().filter(|title| !title.is_empty());
        let when = language::machine_moment(post.published);
        let is_veiled = content.sensitive && warning.is_none();
        let (body, media) = (body(view, title.as_deref()), media::shown(app, t, post));
        let thumbnail = media::thumbnail(&media).filter(|_| !content.sensitive && warning.is_none());
        let headline = headline(t, post, author, &media);
        let paint = |html: &str| palette.paint(site, author.peer, html);
        Self {
            id: post.id.0,
            heading: quotable(author, paint(&html::escape(&headline))),
            headline,
            marked: None,
            is_quotable: author.indexable,
            // What comes with a warning is not given away beside it, and nothing is said twice.
            excerpt: match (&warning, &title) {
                (None, Some(title)) => further(html::excerpt(&body, EXCERPT), title),
                _ => String::new(),
            },
            titled: title.is_some(),
            html: paint(&body),
            language: content.language.clone(),
            warning,
            author: Face::painted(site, author, palette),
            role: None,
            group: group.as_ref().map(|group| Face::painted(site, group, palette)),
            root: None,
            page: urls::post(&page_of(site, author), post.id),
            original: outward(&post.url).filter(|_| !post.local),
            when: t.ago(app.now(), post.published),
            moment: t.moment(post.published),
            when_exactly: when,
            edited: post.edited.is_some(),
            pinned: post.featured.is_some(),
            locked: post.locked.is_some(),
            is_thread: post.is_thread(),
            is_private: post.audience == Audience::Direct,
            readers: readers::chip(t, post.audience),
            hidden: hidden(t, view),
            replies: t.replies(tally.replies),
            likes: (tally.likes > 0).then(|| t.likes(tally.likes)),
            thumbnail,
            is_veiled,
            is_sensitive: content.sensitive,
            opened: false,
            media,
            links: media::links(post),
            tags: tags(site, content),
            ballot: Ballot::of(app, t, view, None),
            quoted: None,
            folded: None,
            voted: false,
            shared: false,
            saved: false,
            mine: false,
            may_pin: false,
            is_on_page: false,
            solves: false,
            is_solved: false,
            may_solve: false,
            reply_elsewhere: None,
        }
    }
}

impl Card {
    /// The same for somebody who reads like that. What a warning covers is covered no less because the warning is open.
    pub(crate) fn read_as(self, reading: Reading) -> Self {
        let opened = reading.opens_warnings && self.warning.is_some();
        let is_veiled = match reading.covered {
            Covered::Sensitive => self.is_sensitive && (opened || self.warning.is_none()),
            Covered::None => false,
            Covered::All => true,
        };
        Self { is_veiled, opened, ..self }
    }

    /// The same for a reader whose filters have this in store for it; nothing, if they hide it.
    pub(crate) fn under(self, t: Language, fate: Fate) -> Option<Self> {
        match fate {
            Fate::Shown => Some(self),
            Fate::Veiled => Some(Self { is_veiled: self.warning.is_none() || self.opened, thumbnail: None, ..self }),
            Fate::Folded(filter) => {
                let folded = self.folded.clone().or_else(|| Some(t.filtered(filter)));
                Some(Self { folded, thumbnail: None, ..self })
            }
            Fate::Hidden(_) => None,
        }
    }

    /// The same, with what is searched for marked: in its title, and in so much of its text as stands around it.
    pub(crate) fn marking(self, app: &App, view: &PostView, query: &Query) -> Self {
        let (content, language) = (&view.post.content, self.language.as_deref());
        let title = query.found(&self.headline, language, TITLE).map(|pieces| {
            let heading = view.palette.paint(app.site(), view.author.peer, &marks(&pieces));
            if self.is_quotable { heading } else { unquotable(&heading) }
        });
        // What comes with a warning is not given away, and what the title says is not said again.
        let is_open = self.warning.is_none() && (self.titled || title.is_none());
        let said = is_open.then(|| html::to_text(&body(view, content.title.as_deref())).replace('\n', " "));
        let marked = said.and_then(|text| query.found(&text, language, EXCERPT)).map(|pieces| marks(&pieces));
        Self { heading: title.unwrap_or(self.heading), marked, ..self }
    }

    /// The same, of which search engines show no words.
    pub(crate) fn unquotable(self) -> Self {
        if !self.is_quotable {
            return self;
        }
        Self { is_quotable: false, heading: unquotable(&self.heading), ..self }
    }
}

/// Pieces of a text as HTML, with what was searched for marked.
fn marks(pieces: &[Piece]) -> String {
    let piece = |piece: &Piece| {
        let text = html::escape(&piece.text);
        if piece.is_found { format!("<mark>{text}</mark>") } else { text }
    };
    pieces.iter().map(piece).collect()
}

/// What somebody wrote as HTML, of which search engines show words only if its author wants that.
pub(crate) fn quotable(author: &Actor, html: String) -> String {
    if author.indexable { html } else { unquotable(&html) }
}

/// HTML of which search engines show no words.
fn unquotable(html: &str) -> String {
    format!("<span data-nosnippet>{html}</span>")
}

/// The hashtags that some servers put beside the text alone, and where their pages are.
fn tags(site: &Site, content: &Content) -> Vec<(String, String)> {
    let unsaid = hashtag::unsaid(&content.tags, &html::to_text(&content.html)).into_iter();
    unsaid.map(|tag| (tag.to_owned(), site.tag(tag))).collect()
}

/// Where something is done with a post.
impl Card {
    fn about(&self, page: &str, what: &str) -> String {
        urls::asking(page, &[(what, &self.id.to_string())])
    }

    pub(crate) fn reply_page(&self) -> String {
        self.reply_elsewhere.clone().unwrap_or_else(|| self.about(compose::PATH, "to"))
    }

    /// Whether it may be passed on: only what everybody may read.
    pub(crate) fn may_be_shared(&self) -> bool {
        self.readers.is_none() && self.hidden.is_none()
    }

    pub(crate) fn edit_page(&self) -> String {
        self.about(compose::PATH, "edit")
    }

    pub(crate) fn quote_page(&self) -> String {
        self.about(compose::PATH, "quote")
    }

    pub(crate) fn delete_page(&self) -> String {
        self.about(care::DELETE, "post")
    }

    pub(crate) fn report_page(&self) -> String {
        self.about(care::REPORT, "post")
    }

    pub(crate) fn moderate_page(&self) -> String {
        self.about(care::MODERATE, "post")
    }

    pub(crate) fn history_page(&self) -> String {
        self.about(history::PATH, "post")
    }
}

/// What somebody says after the names of those whom they say it to; all of it, if it is nothing else.
fn without_greeting(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(' ').filter(|(name, _)| name.starts_with('@')) {
        rest = after;
    }
    if rest.starts_with('@') { text } else { rest }
}

/// What keeps a post out of its community.
fn hidden(t: Language, view: &PostView) -> Option<(&'static str, &'static str)> {
    view.post.removed?;
    match (&view.held, &view.post.content.assent) {
        (None, Some(Assent::Awaited)) => return Some((t.assent_awaited(), "fair")),
        (None, Some(Assent::Refused)) => return Some((t.assent_refused(), "bad")),
        _ => {}
    }
    Some(match &view.held {
        Some(held) if held.refused.is_none() => (t.held_waits(), "fair"),
        Some(_) => (t.held_refused(), "bad"),
        None => (t.taken_out(), "bad"),
    })
}

/// What a post says below its title: a first line that is the title would say it twice.
fn body(view: &PostView, title: Option<&str>) -> String {
    /// Longer ones are cut, and so are no whole line.
    const WHOLE: usize = title::MAX - 10;
    // Sanitised before it was stored, whoever wrote it: the client API serves it as it is, too.
    let html = &view.post.content.html;
    let Some(title) = title.filter(|title| title.chars().count() < WHOLE) else { return html.clone() };
    let Some((first, rest)) = html.strip_prefix("<p>").and_then(|rest| rest.split_once("</p>")) else {
        return html.clone();
    };
    let names: Vec<&str> = view.group.iter().map(|group| group.name.as_str()).collect();
    let is_title = title::from_post(first, &names).as_deref() == Some(title);
    // A line with a link of its own says more than the title.
    let is_link = |tag: &str| !tag.split('>').next().unwrap_or_default().contains("mention");
    let has_more = first.contains("<br") || first.split("<a ").skip(1).any(is_link);
    if is_title && !has_more { rest.to_owned() } else { html.clone() }
}

#[cfg(test)]
mod tests {
    use super::TONES;

    #[test]
    fn the_colours_of_those_who_chose_none_are_those_of_the_style_sheet() {
        let sheet = include_str!("../assets/style.css");
        for (tone, colour) in TONES.iter().enumerate() {
            assert!(sheet.contains(&format!(".tone-{tone} {{ --tone: {colour}; }}")), "{tone}");
            assert!(colour.parse::<domain::charter::Colour>().is_ok_and(domain::charter::Colour::is_legible));
        }
    }
}
