//! Pages to which posts link: each is read once for all that link to it, by the server and never by who reads a post.
use std::{collections::HashMap, time::Duration};

use domain::{
    handle::Handle,
    host::Host,
    id::{ActorId, CardId},
    post::Post,
    text::html::{self, Page, Summary},
    time::span,
    urls::{self, Site},
};
use futures_util::future::BoxFuture;
use store::{Conn, cards::Card};

use crate::{App, Error, Question, Result, Tx, media, random, vouching};

mod told;

use told::Offer;

/// The job that reads a page; its subject is the number of its card.
pub(crate) const READ: &str = "read linked page";

/// For how long what a page says of itself is taken to be true.
const FRESH: Duration = span::days(14);

/// Within how many milliseconds servers that get the same post ask for the page, so that not all do at once.
const SPREAD: u64 = 60_000;

/// The longest address, in bytes.
const LONGEST: usize = 2_000;

/// Sees to it that the first page is known to which a new or changed post links. Of what is not for everybody nobody hears.
pub(crate) fn note(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    if !post.audience.is_open() || !post.local && post.group.is_none() {
        return Ok(());
    }
    let Some(url) = address(tx.site(), post) else {
        // A new post has no link to forget.
        return if post.edited.is_some() { Ok(store::cards::link(tx, post.id, None)?) } else { Ok(()) };
    };
    let (id, now): (CardId, _) = (tx.new_id(), tx.now());
    let card = store::cards::ensure(tx, id, &url)?;
    store::cards::link(tx, post.id, Some(card.id))?;
    if card.fetched + FRESH > now {
        return Ok(());
    }
    let wait = if post.local { 0 } else { random::spread(SPREAD) };
    tx.push_job(READ, &card.id.to_string(), Duration::from_millis(wait))
}

/// The first page elsewhere to which a post links: what forums say that it is about, or else in its text.
fn address(site: &Site, post: &Post) -> Option<String> {
    let about = post.content.attachments.iter().find(|attachment| attachment.media_type.starts_with("text/html"));
    let link = about.map(|link| link.url.clone()).or_else(|| html::first_link(&post.content.html))?;
    urls::page_at(&link, LONGEST).filter(|url| Host::of(url).is_some_and(|host| !site.serves(&host)))
}

/// Reads a page, unless that was done a short time ago. One that cannot be read says what it said before.
pub(crate) fn read(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let id: CardId = subject.parse().map_err(|_no_number| Error::Invalid(format!("`{subject}` is no number")))?;
        let now = app.now();
        let card = app.read(move |c| store::cards::get(c, id)).await?;
        let Some(card) = card.filter(|card| card.fetched + FRESH <= now) else { return Ok(()) };
        let page = if app.rules().suspend(&card.url) { None } else { page(&app, &card.url).await };
        let said = match page {
            Some(page) => {
                let address = card.url.clone();
                app.tasks().blocking(move || html::summarize(&page, &address)).await.map_err(Error::internal)?
            }
            None => None,
        };
        let summary = match said {
            Some(said) => {
                let said = completed(&app, said, &card.url).await;
                Some(seen(&app, said, card.summary).await)
            }
            None => card.summary,
        };
        app.write(move |tx| Ok(store::cards::set(tx, id, summary.as_ref(), now)?)).await
    })
}

/// What a page says of itself, with what it says for machines, and what it offers to be looked at in its place: nothing of
/// ours, which nobody has to put in a frame, and nothing of whom we do not deal with.
async fn completed(app: &App, page: Page, address: &str) -> Summary {
    let offer = match &page.offer {
        Some(url) => offer(app, url).await,
        None => None,
    };
    let (site, mut summary) = (app.site(), told::joined(page, offer, address));
    let is_foreign = |url: &String| Host::of(url).is_some_and(|host| !site.serves(&host) && !site.serves_media(&host));
    let may_show = |url: &String| is_foreign(url) && !app.rules().suspend(url);
    summary.embed = summary.embed.filter(|embed| embed.player.as_ref().is_none_or(may_show));
    summary
}

/// What a server says at `url` that can be looked at in place of a page.
async fn offer(app: &App, url: &str) -> Option<(Offer, String)> {
    if !url.starts_with("https://") || app.rules().suspend(url) {
        return None;
    }
    match app.resolver().ask(Question { url, proof: None, form: None }).await {
        Ok(reply) if reply.status == 200 => Offer::read(&reply.body).map(|offer| (offer, url.to_owned())),
        Ok(_) => None,
        Err(error) => {
            tracing::debug!(url, %error, "what a page offers could not be read");
            None
        }
    }
}

/// What a page says of itself, and how its picture looks: one that cannot be had now looks as it did before.
async fn seen(app: &App, said: Summary, before: Option<Summary>) -> Summary {
    let Some(image) = said.image.clone() else { return said };
    let look = match media::look(app, image).await {
        Ok(look) => Some(look),
        Err(error) => {
            tracing::debug!(image = said.image, %error, "the picture of a page that is linked to could not be read");
            before.filter(|before| before.image == said.image).and_then(|before| before.look)
        }
    };
    Summary { look, ..said }
}

/// Whom a page names as its author, if they are of here: a name and a host of ours. Pages may name anybody.
pub fn named(site: &Site, card: &Card) -> Option<(String, Host)> {
    let Handle { name, host } = Handle::parse(card.summary.as_ref()?.creator.as_deref()?)?;
    host.filter(|host| site.serves(host)).map(|host| (name.to_lowercase(), host))
}

/// Who wrote these pages: people here whom they name, and who say that they write there. What people elsewhere say of that
/// is not known.
pub fn authors<'a>(
    conn: &mut Conn,
    site: &Site,
    cards: impl IntoIterator<Item = &'a Card>,
) -> store::Result<HashMap<CardId, ActorId>> {
    let handle = |card: &'a Card| named(site, card).map(|(name, host)| (card, (name, host.to_string())));
    let named: Vec<(&Card, (String, String))> = cards.into_iter().filter_map(handle).collect();
    // Most pages name nobody here.
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let handles: Vec<(String, String)> = named.iter().map(|(_, handle)| handle.clone()).collect();
    let people = store::profile_sources::attributions(conn, &handles)?;
    let author = |(card, handle): (&Card, (String, String))| {
        let ((person, theirs), here) = (people.get(&handle)?, Host::of(&card.url)?);
        let covers = |site: &String| Host::parse(site).is_some_and(|site| site.covers(&here));
        theirs.iter().any(covers).then_some((card.id, *person))
    };
    Ok(named.into_iter().filter_map(author).collect())
}

async fn page(app: &App, url: &str) -> Option<String> {
    match vouching::read(app, url).await {
        Ok(page) => Some(page),
        Err(error) => {
            tracing::debug!(url, %error, "a page that is linked to could not be read");
            None
        }
    }
}
