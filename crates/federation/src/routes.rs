//! What other software reads here: one route per kind of thing, each answer public and the same for everybody, but for
//! what the servers of members read of private groups.
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    guard::GuardContext,
    http::{Method, StatusCode},
    middleware::from_fn,
    web::{self, Data, Path, ServiceConfig},
};
use app::{App, Error};
use domain::{
    actor::Actor,
    handle,
    host::Host,
    id::{ActivityId, ActorId, EmojiId, PostId, StampId},
    post::Post,
    time::Timestamp,
    urls::{self, ActorPart, PostPart, path},
};
use serde::Serialize;
use serde_json::json;
use store::Conn;

mod accept;
pub(crate) mod answer;
mod confidants;
pub(crate) mod documents;
#[cfg(test)]
mod tests;

pub use accept::wants_document;
pub use documents::Documents;

use crate::{
    collections::{self, Cursor},
    discovery, inbox,
    limits::{self, Limits, Rates},
    nodeinfo,
    render::{self, Form},
    synchronization,
};
use answer::DOCUMENT;
use documents::{Document, Subject};

/// The routes of federation, for every thread of the server. Pages come after these: they take what is left.
pub fn configure(app: &App, rates: Rates) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
    let (documents, limits) = (Documents::new(app), Limits::new(rates));
    move |config| {
        config.app_data(Data::new(documents.clone())).app_data(Data::new(limits.clone()));
        inbox::configure(config);
        routes(config);
    }
}

macro_rules! read {
    ($config:ident, $path:expr, $handler:expr $(, $guard:expr)?) => {
        $config.service(
            web::resource($path)$(.guard(actix_web::guard::fn_guard($guard)))?
                .wrap(from_fn(limits::admit))
                .route(web::get().to($handler))
                .route(web::head().to($handler)),
        )
    };
}

fn routes(config: &mut ServiceConfig) {
    read!(config, path::WEBFINGER, discovery::webfinger);
    read!(config, path::HOST_META, discovery::host_meta);
    read!(config, format!("{}.json", path::HOST_META), discovery::host_meta_json);
    read!(config, path::NODEINFO, nodeinfo::index);
    read!(config, path::NODEINFO_20, nodeinfo::version_20);
    read!(config, path::NODEINFO_21, nodeinfo::version_21);
    read!(config, path::INSTANCE, instance);
    // Lemmy looks for it there, and tells only servers that have one of whom it bans or who is gone.
    read!(config, "/", instance, |context| reads(context) && wants_document(context));
    read!(config, urls::actor_part(path::INSTANCE, ActorPart::Outbox), instance_outbox);
    read!(config, path::ACTIVITY, activity);
    read!(config, path::EMOJI, emoji);
    read!(config, path::ACTOR, actor, wants_document);
    read!(config, path::SYNCHRONIZATION, synchronization::serve);
    read!(config, path::ACTOR_PART, actor_part, |context| reads(context)
        && (is_collection(context) || wants_document(context)));
    read!(config, path::STAMP, stamp);
    read!(config, path::POST_PART, post_part, |context| reads(context) && is_collection(context));
}

/// What is sent to an inbox passes by.
fn reads(context: &GuardContext<'_>) -> bool {
    matches!(context.head().method, Method::GET | Method::HEAD)
}

/// Collections have no pages for people, so they are documents whatever the client asks for.
fn is_collection(context: &GuardContext<'_>) -> bool {
    let mut segments = context.head().uri.path().rsplit('/');
    let (last, parent) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    if parent.starts_with('@') {
        ActorPart::from_segment(last).is_some()
    } else {
        PostPart::from_segment(last).is_some()
    }
}

/// The host of ours that a request is for: the server has looked at it before any door does.
pub(crate) fn asked_host(request: &HttpRequest, app: &App) -> Host {
    request.extensions().get::<Host>().unwrap_or_else(|| app.site().host()).clone()
}

/// `GET /actor`, and `GET /` for who wants a document
async fn instance(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let uri = documents.app().site().instance(&asked_host(&request, documents.app()));
    let make = || async {
        let uri = uri.clone();
        let view = documents
            .app()
            .read(move |c| store::actors::by_uri(c, &uri)?.map(|actor| app::view::actor(c, actor)).transpose());
        let view = view.await?.ok_or(Error::NotFound)?;
        document(&render::actor(documents.app().site(), &view), Vec::new())
    };
    // Without it nobody could learn the key by which this server signs.
    open(&request, &documents, path::INSTANCE.to_owned(), make).await
}

/// `GET /actor/outbox`: the server's own actor only fetches and answers, and says nothing in public.
async fn instance_outbox(request: HttpRequest, documents: Data<Documents>) -> HttpResponse {
    let instance = documents.app().site().instance(&asked_host(&request, documents.app()));
    let id = urls::actor_part(&instance, ActorPart::Outbox);
    let make = || async { document(&json!({ "id": id, "type": "OrderedCollection", "totalItems": 0 }), Vec::new()) };
    open(&request, &documents, urls::actor_part(path::INSTANCE, ActorPart::Outbox), make).await
}

/// `GET /emojis/ID`
async fn emoji(request: HttpRequest, documents: Data<Documents>, id: Path<String>) -> HttpResponse {
    let Some(id) = number(&id).map(|PostId(id)| EmojiId(id)) else { return missing(&request) };
    let app = documents.app();
    // Reading it costs less than keeping it: few ask.
    let found = app.read(move |c| store::emoji::by_id(c, id)).await;
    let shown = found.and_then(|found| {
        let emoji = found.filter(|emoji| emoji.peer.is_none() && emoji.enabled).ok_or(Error::NotFound)?;
        document(&render::emoji(app.site(), &emoji), Vec::new())
    });
    match shown {
        Ok(shown) => answer::document(&request, &shown),
        Err(error) => answer::error(&request, &error),
    }
}

/// `GET /@NAME`
async fn actor(request: HttpRequest, documents: Data<Documents>, name: Path<String>) -> HttpResponse {
    let Some(name) = handle::local_name(&name) else { return missing(&request) };
    let host = asked_host(&request, documents.app());
    // In secure mode, who does not sign gets what is needed to check our signatures, and no more.
    let stub = documents.app().config().secure && !is_signed(&request);
    let make = async |asker: Option<Host>| {
        let app = documents.app();
        let actor = known_actor(app, (&host, &name), asker.as_ref()).await?;
        // Its document changes by events that outdate everything.
        let subjects = Vec::new();
        if actor.deleted.is_some() {
            return gone(&json!({ "id": actor.uri, "type": "Tombstone" }), subjects);
        }
        let (suspended, view) = (actor.suspended, app.read(move |c| app::view::actor(c, actor)).await?);
        let whole = render::actor(app.site(), &view);
        // A suspension may be lifted: 410 would have others forget the person for good.
        if stub || suspended { document(&whole.stub(suspended), subjects) } else { document(&whole, subjects) }
    };
    if stub {
        return open(&request, &documents, format!("@{name} stub"), || make(None)).await;
    }
    respond(&request, &documents, format!("@{name}"), make).await
}

/// `GET /@NAME/PART`: a collection of an actor, or a post by its number.
async fn actor_part(request: HttpRequest, documents: Data<Documents>, path: Path<(String, String)>) -> HttpResponse {
    let (name, part) = path.into_inner();
    let Some(name) = handle::local_name(&name) else { return missing(&request) };
    if let Some(part) = ActorPart::from_segment(&part) {
        return actor_collection(&request, &documents, name, part).await;
    }
    let Some(id) = number(&part) else { return missing(&request) };
    let host = asked_host(&request, documents.app());
    let make = async |asker: Option<Host>| {
        let (app, subjects) = (documents.app(), vec![Subject::Post(id)]);
        let (post, _) = local_post(app, (&host, &name), id, asker).await?;
        if post.deleted.is_some() {
            return gone(&render::tombstone(&post), subjects);
        }
        if post.removed.is_some() {
            // It may come back (FEP-4f05).
            return document(&render::tombstone(&post), subjects);
        }
        let view = app.read(move |c| app::view::post(c, post)).await?;
        document(&render::object((app.site(), app.now()), &view, Form::Note), subjects)
    };
    respond(&request, &documents, format!("@{name}/{id}"), make).await
}

async fn actor_collection(
    request: &HttpRequest,
    documents: &Data<Documents>,
    name: String,
    part: ActorPart,
) -> HttpResponse {
    let Some(cursor) = Cursor::parse(request.query_string()) else { return senseless(request) };
    let key = cursor.url(&format!("@{name}/{}", part.segment()));
    let host = asked_host(request, documents.app());
    if let Some(follower) = collections::follower_in_question(request.query_string(), part) {
        return confidants::answer(request, documents.app(), (&host, &name), &follower).await;
    }
    let make = async |asker: Option<Host>| {
        let app = documents.app();
        let actor = known_actor(app, (&host, &name), asker.as_ref()).await?;
        if actor.deleted.is_some() {
            return Err(Error::NotFound);
        }
        let (site, totals, now) = (app.site().clone(), app.totals(), app.now());
        let found = app.read(move |c| {
            let viewer = confidants::viewer(c, Some(actor.id), asker.as_ref())?;
            collections::of_actor(c, (&site, viewer), (&totals, now), (&actor, part), cursor)
        });
        found.await?.ok_or(Error::NotFound)?.document()
    };
    respond(request, documents, key, make).await
}

/// `GET /@NAME/ID/PART`: a collection of a post.
async fn post_part(
    request: HttpRequest,
    documents: Data<Documents>,
    path: Path<(String, String, String)>,
) -> HttpResponse {
    let (name, id, part) = path.into_inner();
    let (Some(name), Some(id), Some(part)) = (handle::local_name(&name), number(&id), PostPart::from_segment(&part))
    else {
        return missing(&request);
    };
    let Some(cursor) = Cursor::parse(request.query_string()) else { return senseless(&request) };
    let key = cursor.url(&format!("@{name}/{id}/{}", part.segment()));
    let host = asked_host(&request, documents.app());
    let make = async |asker: Option<Host>| {
        let (post, viewer) = local_post(documents.app(), (&host, &name), id, asker).await?;
        if !post.is_live() {
            return Err(Error::NotFound);
        }
        documents.app().read(move |c| collections::of_post(c, &post, part, cursor, viewer)).await?.document()
    };
    respond(&request, &documents, key, make).await
}

/// `GET /@NAME/ID/quotes/STAMP`: that the author of a post agrees to be quoted (FEP-044f), or to something else.
async fn stamp(request: HttpRequest, documents: Data<Documents>, path: Path<(String, String, String)>) -> HttpResponse {
    let (name, id, stamp) = path.into_inner();
    let (Some(name), Some(id), Some(stamp)) =
        (handle::local_name(&name), number(&id), number(&stamp).map(|PostId(id)| StampId(id)))
    else {
        return missing(&request);
    };
    let host = asked_host(&request, documents.app());
    let make = async |asker: Option<Host>| {
        let (post, _) = local_post(documents.app(), (&host, &name), id, asker).await?;
        if !post.is_live() {
            return Err(Error::NotFound);
        }
        let by = post.author;
        let found =
            documents.app().read(move |c| Ok(store::quotes::granted(c, stamp, id)?.zip(store::actors::by_id(c, by)?)));
        let ((consent, interaction), author) = found.await?.ok_or(Error::NotFound)?;
        let body = json!({
            "id": urls::stamp(&post.uri, stamp), "type": render::activity::stamp_type(consent),
            "attributedTo": author.uri, "interactingObject": interaction, "interactionTarget": post.uri,
        });
        document(&body, vec![Subject::Post(id)])
    };
    respond(&request, &documents, format!("@{name}/{id}/quotes/{stamp}"), make).await
}

/// `GET /activities/ID`: what we sent, as we sent it.
async fn activity(request: HttpRequest, documents: Data<Documents>, id: Path<String>) -> HttpResponse {
    let Some(id) = number(&id).map(|PostId(id)| ActivityId(id)) else { return missing(&request) };
    let host = asked_host(&request, documents.app());
    let make = async |asker: Option<Host>| {
        let host = host.clone();
        let found = documents.app().read(move |c| {
            let Some(sent) = store::activities::by_id(c, id)? else { return Ok(None) };
            let viewer = match sent.post {
                Some(post) => confidants::viewer_of(c, post, asker.as_ref())?,
                None => None,
            };
            if !sent.public && viewer.is_none() {
                return Ok(None);
            }
            if store::actors::by_id(c, sent.actor)?.is_none_or(|actor| actor.host != host.as_str()) {
                return Ok(None);
            }
            // What is taken back is not told again by what once told it.
            let withdraws = matches!(sent.kind.as_str(), "Delete" | "Undo");
            let about = sent.post.filter(|_| !withdraws);
            let readable = match about {
                Some(post) => store::posts::seen(c, post, viewer)?.is_some(),
                None => true,
            };
            Ok(readable.then_some((sent.body, sent.post)))
        });
        let (body, post) = found.await?.ok_or(Error::NotFound)?;
        let body = documents.seal(body).await?;
        let subjects = post.map(Subject::Post).into_iter().collect();
        Ok(Document::new(DOCUMENT, body, subjects))
    };
    respond(&request, &documents, format!("activities/{id}"), make).await
}

/// The number in a path, in its one spelling.
fn number(text: &str) -> Option<PostId> {
    text.parse::<PostId>().ok().filter(|id| id.0 > 0 && id.to_string() == text)
}

pub(crate) async fn local_actor(app: &App, host: &Host, name: String) -> app::Result<Actor> {
    let host = host.clone();
    let found = app.read(move |c| store::actors::by_handle(c, &name, host.as_str())).await?;
    found.filter(Actor::is_local).ok_or(Error::NotFound)
}

/// Whether the server `asker` may know of an actor: of a hidden group if anybody of there is in it, or was asked in. Or it
/// could not check what the group writes to them.
pub(crate) fn is_known(c: &mut Conn, actor: &Actor, asker: Option<&Host>, now: Timestamp) -> store::Result<bool> {
    if app::groups::is_known(c, actor, None, now)? {
        return Ok(true);
    }
    match asker {
        Some(host) => store::groups::is_known_at(c, actor.id, host),
        None => Ok(false),
    }
}

/// The same as [`local_actor`], if the server that asks may know of it.
async fn known_actor(app: &App, (host, name): (&Host, &str), asker: Option<&Host>) -> app::Result<Actor> {
    let (actor, asker, now) = (local_actor(app, host, name.to_owned()).await?, asker.cloned(), app.now());
    let known = app.read(move |c| Ok(is_known(c, &actor, asker.as_ref(), now)?.then_some(actor)));
    known.await?.ok_or(Error::NotFound)
}

/// The post `id` that the local actor `name` of `host` wrote, if strangers may read it, or may know that it is gone; or if
/// the server that asks may, because of the member whose number comes along.
async fn local_post(
    app: &App,
    (host, name): (&Host, &str),
    id: PostId,
    asker: Option<Host>,
) -> app::Result<(Post, Option<ActorId>)> {
    let handle = format!("{name}@{host}");
    let find = move |c: &mut Conn| {
        let viewer = confidants::viewer_of(c, id, asker.as_ref())?;
        let seen = store::posts::seen(c, id, viewer)?;
        let found = match seen {
            Some(post) => Some(post),
            None => gone_for_all(c, id)?,
        };
        let Some(post) = found.filter(|post| post.local) else { return Ok(None) };
        let author = store::actors::by_id(c, post.author)?.filter(|author| author.handle() == handle);
        Ok(author.filter(|author| author.deleted.is_none() || post.deleted.is_some()).map(|_| (post, viewer)))
    };
    app.read(find).await?.ok_or(Error::NotFound)
}

/// A post that is gone from where everybody could see it. Of what the team never let in, or the author of what it answers,
/// nobody learns that it is there.
fn gone_for_all(c: &mut Conn, id: PostId) -> store::Result<Option<Post>> {
    let gone = store::posts::by_id(c, id)?.filter(|post| !post.is_live() && post.audience.is_open());
    let gone = gone.filter(|post| !post.lacks_assent());
    Ok(if store::held::of(c, id)?.is_some() { None } else { gone })
}

fn document(content: &impl Serialize, subjects: Vec<Subject>) -> app::Result<Document> {
    Ok(Document::new(DOCUMENT, render::document(content).map_err(Error::internal)?, subjects))
}

/// A document of what was there: it says so, and its status too.
fn gone(content: &impl Serialize, subjects: Vec<Subject>) -> app::Result<Document> {
    Ok(Document { status: StatusCode::GONE, ..document(content, subjects)? })
}

/// Answers with the document `key`, as everybody gets it who is not of a suspended server.
async fn open<F>(request: &HttpRequest, documents: &Documents, key: String, make: impl Fn() -> F) -> HttpResponse
where
    F: Future<Output = app::Result<Document>>,
{
    if let Err(refusal) = inbox::is_for_reader(request, documents.app()) {
        return refusal.answer();
    }
    let key = format!("{} {key}", asked_host(request, documents.app()));
    match documents.get(key, make).await {
        Ok(document) => answer::document(request, &document),
        Err(error) => answer::error(request, &error),
    }
}

/// The same, in secure mode for those who sign only; and what is not for everybody for the servers of members, made by
/// `make` for the one that asks and never kept.
async fn respond<F>(
    request: &HttpRequest,
    documents: &Documents,
    key: String,
    make: impl Fn(Option<Host>) -> F,
) -> HttpResponse
where
    F: Future<Output = app::Result<Document>>,
{
    let app = documents.app();
    if let Err(refusal) = inbox::is_for_reader(request, app) {
        return refusal.answer();
    }
    let mut signer = None;
    if app.config().secure {
        match inbox::signer(request, app).await {
            Ok(uri) => signer = Host::of(&uri),
            Err(refusal) => return refusal.answer(),
        }
    }
    let key = format!("{} {key}", asked_host(request, app));
    let found = documents.get(key, || make(None)).await;
    let is_all = match &found {
        Ok(document) => !document.partial,
        Err(error) => !matches!(**error, Error::NotFound),
    };
    if !is_all && is_signed(request) {
        if signer.is_none() {
            signer = asker(request, app).await;
        }
        if let Some(host) = signer
            && let Ok(document) = make(Some(host)).await
        {
            return answer::document(request, &document);
        }
    }
    match found {
        Ok(document) => answer::document(request, &document),
        Err(error) => answer::error(request, &error),
    }
}

/// The server that signs a request; none if its signature is wrong: it gets what everybody gets.
pub(crate) async fn asker(request: &HttpRequest, app: &App) -> Option<Host> {
    inbox::signer(request, app).await.ok().and_then(|uri| Host::of(&uri))
}

pub(crate) fn is_signed(request: &HttpRequest) -> bool {
    request.headers().contains_key("signature")
}

fn missing(request: &HttpRequest) -> HttpResponse {
    answer::error(request, &Error::NotFound)
}

fn senseless(request: &HttpRequest) -> HttpResponse {
    answer::refusal(request, StatusCode::BAD_REQUEST, "this page does not exist")
}
