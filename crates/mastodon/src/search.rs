//! Search: people and groups by handle, name or address, posts by address or by their words.
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};
use app::{App, Me};
use domain::{
    handle::Handle,
    id::{ActorId, PostId},
    text::{hashtag, search},
    urls::Local,
};
use serde::Serialize;
use store::{Conn, posts::Page, search::Narrow, timelines::Entry};

use crate::{
    accounts::known,
    caller::{Allowed, ReadAccounts, ReadSearch, Viewer},
    entities::{
        Nothing, Reader,
        account::{self, Account},
        status::{self, Status},
        tag::{self, Tag},
    },
    error::{Error, Result},
    paging,
    params::{Asked, Params},
    route::{at, get},
};

/// How far one may leaf through what matches.
const FURTHEST: i64 = 200;

/// How many of one name are looked at for those on a host that begins like this.
const ALIKE: i64 = 200;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/v2/search").route(get().to(all)));
}

/// A `Search`.
#[derive(Debug, Default, Serialize)]
struct Found {
    accounts: Vec<Account>,
    statuses: Vec<Status>,
    hashtags: Vec<Tag>,
}

/// What is searched for.
#[derive(Debug, Clone)]
struct Question {
    text: String,
    accounts: bool,
    statuses: bool,
    hashtags: bool,
    /// Only whom one follows.
    following: bool,
    resolve: bool,
    limit: i64,
    offset: i64,
    before: Option<PostId>,
    after: Option<PostId>,
    author: Option<ActorId>,
}

impl Question {
    fn new(params: &Params) -> Option<Self> {
        let text = params.text("q")?.trim().to_owned();
        let kind = params.text("type").filter(|kind| !kind.is_empty());
        let wanted = |name: &str| kind.as_deref().is_none_or(|kind| kind == name);
        Some(Self {
            accounts: wanted("accounts"),
            statuses: wanted("statuses"),
            hashtags: wanted("hashtags"),
            following: params.flag("following") == Some(true),
            resolve: params.flag("resolve") == Some(true),
            limit: paging::limit(params, 20, 40),
            offset: params.number("offset").unwrap_or(0).clamp(0, FURTHEST),
            before: params.number("max_id").map(PostId),
            after: params.number("min_id").map(PostId),
            author: params.number("account_id").map(ActorId),
            text,
        })
        .filter(|question| !question.text.is_empty())
    }

    fn is_address(&self) -> bool {
        self.text.starts_with("https://") || self.text.starts_with("http://")
    }
}

async fn all(app: Data<App>, caller: Viewer<ReadSearch>, Asked(params): Asked) -> Result<HttpResponse> {
    let question = Question::new(&params).ok_or_else(|| Error::invalid("`q` is missing"))?;
    if question.resolve && caller.me.is_none() {
        return Err(Error::Unauthorized("Resolving remote resources requires an access token"));
    }
    let reader = Reader::new(&app, caller.me);
    let found = if question.is_address() {
        if question.offset > 0 { Found::default() } else { by_address(&app, reader, question).await? }
    } else {
        by_words(&app, reader, caller.me, question).await?
    };
    Ok(HttpResponse::Ok().json(found))
}

async fn by_address(app: &App, reader: Reader, question: Question) -> Result<Found> {
    let (asked, kept) = (question.clone(), reader.clone());
    let found = app.read(move |c| at_address(c, &kept, &asked)).await?;
    if !question.resolve || app.site().parse(&question.text).is_some() || !found.is_empty() {
        return Ok(found);
    }
    // Nobody knows of an address what it leads to; posts are what people paste most.
    if question.statuses
        && let Ok(post) = app.resolver().post(app, &question.text).await
    {
        let statuses = app.read(move |c| status::one(c, &reader, Entry::of(post))).await?;
        return Ok(Found { statuses: statuses.into_iter().collect(), ..Found::default() });
    }
    if question.accounts
        && let Ok(actor) = app.resolver().actor(app, &question.text).await
    {
        let accounts = app.read(move |c| account::list(c, &reader.site, &[actor])).await?;
        return Ok(Found { accounts, ..Found::default() });
    }
    Ok(found)
}

impl Found {
    fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.statuses.is_empty()
    }
}

/// What is known under an address.
fn at_address(c: &mut Conn, reader: &Reader, question: &Question) -> store::Result<Found> {
    let (actor, post) = match reader.site.parse(&question.text) {
        Some((host, Local::Actor(name))) => (store::actors::by_handle(c, &name, host.as_str())?, None),
        Some((_, Local::Post(_, id))) => (None, Some(id)),
        Some(_) => (None, None),
        None => {
            let post = store::posts::by_uri(c, &question.text)?.map(|post| post.id);
            (store::actors::by_uri(c, &question.text)?, post)
        }
    };
    let mut found = Found::default();
    if let Some(actor) = actor.filter(|actor| question.accounts && actor.deleted.is_none())
        && app::groups::is_known(c, &actor, reader.me, reader.now)?
    {
        found.accounts.push(account::one(c, &reader.site, &actor)?);
    }
    if let Some(post) = post.filter(|_| question.statuses) {
        found.statuses.extend(status::one(c, reader, Entry::of(post))?);
    }
    Ok(found)
}

async fn by_words(app: &App, reader: Reader, me: Option<Me>, question: Question) -> Result<Found> {
    let handle = Handle::parse(&question.text).filter(|handle| question.accounts && handle.host.is_some());
    if let Some(handle) = handle {
        return by_handle(app, reader, handle, &question).await;
    }
    let found = app.read(move |c| {
        let accounts = if question.accounts { by_name(c, &reader, &question)? } else { Vec::new() };
        let hashtags = if question.hashtags { by_hashtag(c, &reader, &question)? } else { Vec::new() };
        // Who is not from here finds posts by their address only.
        let statuses = match me {
            Some(me) if question.statuses => matching(c, &reader, me, &question)?,
            _ => Vec::new(),
        };
        Ok(Found { accounts, statuses, hashtags })
    });
    Ok(found.await?)
}

async fn by_handle(app: &App, reader: Reader, handle: Handle, question: &Question) -> Result<Found> {
    if question.offset > 0 {
        return Ok(Found::default());
    }
    let (site, asked) = (reader.site.clone(), handle.clone());
    let seen = (reader.me, reader.now);
    let mut actor = app.read(move |c| known(c, &site, &asked, seen)).await?.map(|actor| actor.id);
    if let (None, true, Some(host)) = (actor, question.resolve, &handle.host)
        && !app.site().serves(host)
    {
        actor = app.resolver().handle(app, &handle.name, host.as_str()).await.ok();
    }
    let question = question.clone();
    let accounts = app.read(move |c| match actor {
        Some(actor) => account::list(c, &reader.site, &[actor]),
        None => by_beginning(c, &reader, &handle, &question),
    });
    Ok(Found { accounts: accounts.await?, ..Found::default() })
}

/// How many of what begins alike are skipped at most.
fn skipped(question: &Question) -> usize {
    usize::try_from(question.offset).unwrap_or(0)
}

/// Those whose name begins like this.
fn by_name(c: &mut Conn, reader: &Reader, question: &Question) -> store::Result<Vec<Account>> {
    let start = question.text.trim_start_matches(['@', '!']).to_lowercase();
    let follower = reader.me.filter(|_| question.following);
    let ids = store::relations::named_like(c, &start, reader.me, follower, question.limit + question.offset)?;
    let ids: Vec<ActorId> = ids.into_iter().skip(skipped(question)).collect();
    account::list(c, &reader.site, &ids)
}

/// Those whose handle begins like this: somebody is typing it.
fn by_beginning(c: &mut Conn, reader: &Reader, handle: &Handle, question: &Question) -> store::Result<Vec<Account>> {
    let Some(host) = &handle.host else { return Ok(Vec::new()) };
    let begins = format!("{}@{host}", handle.name).to_lowercase();
    let found = by_name(c, reader, &Question { text: handle.name.clone(), limit: ALIKE, ..question.clone() })?;
    let alike = found.into_iter().filter(|account| account.acct.to_lowercase().starts_with(&begins));
    Ok(alike.take(usize::try_from(question.limit).unwrap_or(0)).collect())
}

/// The hashtags that begin like this, the most used first.
fn by_hashtag(c: &mut Conn, reader: &Reader, question: &Question) -> store::Result<Vec<Tag>> {
    let start = hashtag::fold(&question.text);
    if !hashtag::is_tag(&start) {
        return Ok(Vec::new());
    }
    let mut names = store::tags::beginning(c, &start, question.limit + question.offset)?;
    // Whoever asks for a hashtag by its sign may want to follow one that nobody used yet.
    if question.text.starts_with('#') && question.offset == 0 && !names.contains(&start) {
        names.push(start);
    }
    let names: Vec<String> = names.into_iter().skip(skipped(question)).collect();
    tag::list(c, reader, &names)
}

/// Accounts by handle or name, for completing what somebody types.
pub(crate) async fn accounts(
    app: Data<App>,
    caller: Allowed<ReadAccounts>,
    Asked(params): Asked,
) -> Result<HttpResponse> {
    let question = Question::new(&params).map(|question| Question {
        accounts: true,
        statuses: false,
        hashtags: false,
        limit: paging::limit(&params, 40, 80),
        ..question
    });
    let Some(question) = question else { return Ok(HttpResponse::Ok().json(Nothing::default())) };
    let reader = Reader::new(&app, Some(caller.me));
    let found = if question.is_address() {
        by_address(&app, reader, question).await?
    } else {
        by_words(&app, reader, Some(caller.me), question).await?
    };
    Ok(HttpResponse::Ok().json(found.accounts))
}

/// Posts by their words; of authors who do not want that, only one's own.
fn matching(c: &mut Conn, reader: &Reader, me: Me, question: &Question) -> store::Result<Vec<Status>> {
    let query = search::query(&question.text);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let page = Page { before: question.before, after: question.after, limit: question.limit + question.offset };
    let narrow = Narrow { author: question.author, indexable: true, ..Narrow::default() };
    let ids = store::search::narrowed(c, &query, &narrow, Some(me.0), page)?;
    let entries: Vec<Entry> = ids.into_iter().skip(skipped(question)).map(Entry::of).collect();
    status::list(c, reader, &entries)
}
