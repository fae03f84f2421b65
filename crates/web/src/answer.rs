//! Answers to browsers: the frame of every page, its headers, and errors as pages.
use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Data,
};
use app::{App, Error, Me, queue, sessions};
use askama::Template;
use domain::{
    host::Host,
    id::ActorId,
    pace,
    policy::Refusal,
    urls::{self, Sheet},
};

use crate::{
    assets,
    cards::{Card, Face},
    directory,
    language::{self, Language},
    media::Emblem,
    notices, posted,
    said::Said,
    session::{self, Present},
    settings::entry,
    sign_up, tongue,
};

mod told;

pub(crate) use told::{gone, refused, said, suspended, thanks, trouble};

/// What pages may load; media may have a host of their own.
fn policy(request: &HttpRequest) -> String {
    let app = request.app_data::<Data<App>>();
    let media = app.and_then(|app| app.site().media_origin()).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {media}; \
         media-src 'self' {media}; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )
}
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// Who asks for what: all that pages of every kind need to know.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    /// The host of ours that was asked.
    pub(crate) host: Host,
    /// The name of this site: what its admins gave it, or its host as people read it.
    pub(crate) site: String,
    /// Its picture and its wide one, if it has them.
    pub(crate) emblem: Option<String>,
    pub(crate) banner: Option<String>,
    pub(crate) home: String,
    /// The path asked for, with its query.
    pub(crate) path: String,
    /// What was done just now, if it leads back from there.
    pub(crate) said: Option<Said>,
    /// Where the directory is.
    pub(crate) communities: String,
    /// Who it is, if they are signed in and may take part.
    pub(crate) me: Option<Myself>,
    /// The languages that one may choose, by their tags and their own names.
    pub(crate) tongues: Vec<(&'static str, &'static str)>,
    /// Whether whoever comes may make a login.
    pub(crate) signs_up: bool,
    /// Where the source of the program is.
    pub(crate) source: Option<String>,
}

/// Whoever is signed in, as every page shows them.
#[derive(Debug, Clone)]
pub(crate) struct Myself {
    pub(crate) id: ActorId,
    /// The language that they chose for themselves.
    language: Option<Language>,
    pub(crate) face: Face,
    /// What every form of theirs says.
    pub(crate) form_token: String,
    /// Whether they keep order somewhere.
    pub(crate) is_staff: bool,
    /// Whether they see to something that waits: they keep order, or see to it that others are answered.
    pub(crate) has_queue: bool,
    /// How much waits for them there.
    pub(crate) waiting: i64,
    /// How much they were told since they last looked.
    pub(crate) news: i64,
    /// Whether they administer the server.
    pub(crate) is_admin: bool,
    /// Whether they have their account elsewhere: they write, follow and keep things there.
    pub(crate) is_guest: bool,
    /// Whether they have a password here, and not only a provider that speaks for them.
    pub(crate) has_password: bool,
}

impl Visit {
    /// The visit of whoever has the session of a request.
    async fn signed_in(request: &HttpRequest, app: &App) -> app::Result<Self> {
        let visit = Self::new(request, app).by(app, session::look_up(request).await?).await?;
        let own = visit.me.as_ref().and_then(|me| me.language).filter(|_| !language::is_chosen(request, app));
        Ok(Self { language: own.unwrap_or(visit.language), ..visit })
    }

    /// The same visit, by somebody.
    async fn by(mut self, app: &App, by: Option<Present>) -> app::Result<Self> {
        let Some(by) = by.filter(Present::is_ready) else { return Ok(self) };
        let id = by.me.0;
        let is_admin = by.account.as_ref().is_some_and(|account| account.admin);
        let site = app.site().clone();
        let found = app.read(move |c| {
            let (actor, news) = (store::actors::by_id(c, id)?, notices::news(c, id)?);
            let groups = store::groups::moderated_by(c, id)?;
            let is_staff = is_admin || !groups.is_empty();
            let has_queue = is_staff || !store::groups::attended_by(c, id)?.is_empty();
            Ok((actor, (is_staff, has_queue), queue::count(c, &site, Me(id), groups)?, news))
        });
        let (actor, (is_staff, has_queue), waiting, news) = found.await?;
        let words = app.sentences().words();
        let language = by.account.as_ref().map(|account| Language::of_person(app.spoken(&account.language), words));
        self.me = actor.map(|actor| Myself {
            id,
            language,
            face: Face::new(app.site(), &actor),
            form_token: by.form_token,
            is_staff,
            has_queue,
            waiting,
            news,
            is_admin,
            is_guest: by.account.is_none(),
            has_password: by.account.as_ref().is_some_and(store::accounts::Account::has_password),
        });
        Ok(self)
    }

    /// The same, by whoever has the session with this secret: their browser learns it with the answer.
    pub(crate) async fn of_session(&self, app: &App, secret: &str) -> app::Result<Self> {
        let by = sessions::find(app, secret).await?.map(Present::try_from).transpose()?;
        self.clone().by(app, by).await
    }

    /// Who looks at the page.
    pub(crate) fn viewer(&self) -> Option<ActorId> {
        self.me.as_ref().map(|me| me.id)
    }

    /// Who looks at the page, if they have a login here.
    pub(crate) fn resident(&self) -> Option<ActorId> {
        self.me.as_ref().filter(|me| !me.is_guest).map(|me| me.id)
    }

    /// The address elsewhere of whoever looks at the page as a guest.
    pub(crate) fn guest(&self) -> Option<&str> {
        self.me.as_ref().filter(|me| me.is_guest).map(|me| me.face.handle.as_str())
    }

    /// Finds out whose request is refused, for the page that says why: that one is made without waiting.
    pub(crate) async fn remember(request: &HttpRequest) {
        let Some(app) = request.app_data::<Data<App>>() else { return };
        if let Ok(visit) = Self::signed_in(request, app).await {
            request.extensions_mut().insert(visit);
        }
    }

    /// The visit that was remembered, or else one of a stranger.
    pub(crate) fn remembered(request: &HttpRequest, app: &App) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(|| Self::new(request, app))
    }

    /// How long the page may be kept: what is the same for everybody, for a moment.
    pub(crate) fn keep(&self) -> Keep {
        if self.me.is_some() { Keep::Never } else { Keep::Briefly }
    }

    pub(crate) fn new(request: &HttpRequest, app: &App) -> Self {
        let site = app.site();
        // The server has looked at the name of the host before any door does.
        let host = request.extensions().get::<Host>().unwrap_or_else(|| site.host()).clone();
        let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
        let (path, said) = Said::heard(asked);
        // A host that a community brought along has its own name.
        let plate = (host == *site.host()).then(|| app.nameplate().seen(site));
        Self {
            language: Language::of(request, app),
            site: plate.as_ref().map_or_else(|| host.display(), |plate| plate.name.clone()),
            emblem: plate.as_ref().and_then(|plate| plate.icon.clone()),
            banner: plate.as_ref().and_then(|plate| plate.image.clone()),
            home: site.page_on(&host, "/"),
            communities: site.page_on(&host, directory::PATH),
            path: path.to_owned(),
            said,
            tongues: Language::EN.choices(app),
            host,
            me: None,
            signs_up: sign_up::is_offered(app),
            source: app.config().premises.source.clone(),
        }
    }
}

impl FromRequest for Visit {
    type Error = session::Shut;
    type Future = Pin<Box<dyn Future<Output = Result<Self, session::Shut>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("the door has no app"))?;
            Ok(Self::signed_in(&request, app).await?)
        })
    }
}

/// The frame around a page: its head, header and footer.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) t: Language,
    pub(crate) site: String,
    /// The picture of the site.
    pub(crate) emblem: Option<String>,
    pub(crate) home: String,
    /// Where it leads whoever chooses another language back to.
    pub(crate) path: String,
    pub(crate) style: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) tongue: &'static str,
    pub(crate) tongues: Vec<(&'static str, &'static str)>,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The one URL of the page; a page without it is not for search engines.
    pub(crate) canonical: Option<String>,
    /// Of a page that is not for search engines, the one that they find instead: there it is from, or whole.
    pub(crate) instead: Option<String>,
    /// Where software finds the same thing.
    pub(crate) document: Option<String>,
    /// Where the same thing is as a feed: as Atom, and as RSS.
    pub(crate) feed: Option<(String, String)>,
    /// The part of the site it belongs to, marked in the navigation.
    pub(crate) place: &'static str,
    pub(crate) communities: String,
    pub(crate) me: Option<Myself>,
    /// Where those sign in who are not.
    pub(crate) login: String,
    /// Where those make a login who have none, if they may.
    pub(crate) sign_up: Option<String>,
    /// What it is, in the words of `OpenGraph`.
    pub(crate) kind: &'static str,
    /// The sheet that paints it in the colour of a community.
    pub(crate) colour: Option<String>,
    /// A picture for those who show links to it.
    pub(crate) picture: Option<Emblem>,
    /// What it is about, for software that reads pages: JSON-LD without its opening.
    pub(crate) linked: Option<String>,
    /// What was done just now.
    pub(crate) said: Option<&'static str>,
    /// Where the source of the program is.
    pub(crate) source: Option<String>,
}

impl Frame {
    /// Whether whoever looks at it has a login here.
    pub(crate) fn is_resident(&self) -> bool {
        self.me.as_ref().is_some_and(|me| !me.is_guest)
    }

    /// Whether whoever looks at it is signed in with an account elsewhere.
    pub(crate) fn is_guest(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.is_guest)
    }

    /// Whether whoever looks at it may vote on a post here: guests do so in communities of this site.
    pub(crate) fn may_vote(&self, card: &Card) -> bool {
        let is_here = card.group.as_ref().is_some_and(|group| group.is_local);
        !card.is_private && (self.is_resident() || self.me.is_some() && is_here)
    }

    /// Whether whoever looks at it may report who has this number: anybody but themselves.
    pub(crate) fn may_report(&self, id: i64) -> bool {
        self.me.as_ref().is_some_and(|me| me.id.0 != id)
    }

    /// A frame that search engines pass by.
    pub(crate) fn private(visit: &Visit, title: impl Into<String>) -> Self {
        // Nobody who signs in or up wants to come back to do so.
        let is_entry = [session::LOGIN, sign_up::PATH].iter().any(|entry| visit.path.starts_with(entry));
        let back = (!is_entry).then_some(visit.path.as_str());
        Self {
            t: visit.language,
            site: visit.site.clone(),
            emblem: visit.emblem.clone(),
            home: visit.home.clone(),
            path: visit.path.clone(),
            style: assets::style(),
            mark: assets::mark(),
            tongue: tongue::PATH,
            tongues: visit.tongues.clone(),
            title: title.into(),
            description: visit.language.tagline().to_owned(),
            canonical: None,
            instead: None,
            document: None,
            feed: None,
            colour: None,
            place: "",
            communities: visit.communities.clone(),
            me: visit.me.clone(),
            login: back.map_or_else(|| session::LOGIN.to_owned(), session::login_path),
            sign_up: visit.signs_up.then(|| sign_up::way(back.unwrap_or_default())),
            kind: "website",
            picture: Emblem::of_site(visit),
            linked: None,
            said: visit.said.map(|said| said.in_words(visit.language)),
            source: visit.source.clone(),
        }
    }

    /// Says where the thing whose page is `page` is as a feed.
    pub(crate) fn feeds(&mut self, page: &str) {
        self.feed = Some((urls::sheet(page, Sheet::Atom), urls::sheet(page, Sheet::Rss)));
    }

    /// A frame of a page that everybody may find.
    pub(crate) fn public(visit: &Visit, title: impl Into<String>, canonical: String) -> Self {
        Self { canonical: Some(canonical), ..Self::private(visit, title) }
    }
}

/// How long a page may be kept by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// For a moment: it is the same for everybody.
    Briefly,
    /// Not at all.
    Never,
    /// Not at all, nor compressed: it shows a secret, and beside it what whoever led there chose.
    Secret,
}

/// A page as the browser gets it.
pub(crate) fn page(request: &HttpRequest, status: StatusCode, keep: Keep, template: &impl Template) -> HttpResponse {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(path = request.path(), %error, "a page could not be rendered");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let keep = match keep {
        Keep::Briefly => "public, max-age=30",
        Keep::Never => "private, no-store",
        Keep::Secret => "private, no-store, no-transform",
    };
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::VARY, "Cookie, Accept, Accept-Language"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(request)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .body(body)
}

/// A page as it was made for the request, or the one that says why there is none.
pub(crate) fn shown(
    request: &HttpRequest,
    visit: &Visit,
    keep: Keep,
    made: app::Result<impl Template>,
) -> HttpResponse {
    match made {
        Ok(made) => page(request, StatusCode::OK, keep, &made),
        Err(why) => error(request, visit, &why),
    }
}

/// Lets the forms of a page lead to an address elsewhere, too: browsers ask for leave before they follow a redirect.
pub(crate) fn let_forms_lead_to(request: &HttpRequest, answer: &mut HttpResponse, address: &str) {
    let Some(source) = domain::urls::form_target(address) else { return };
    let policy = policy(request).replace("form-action 'self'", &format!("form-action 'self' {source}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Leads elsewhere on this site.
pub(crate) fn redirect(status: StatusCode, to: &str) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The page for what went wrong. The full story goes to the log, if it is one.
pub(crate) fn error(request: &HttpRequest, visit: &Visit, error: &Error) -> HttpResponse {
    let t = visit.language;
    if matches!(error, Error::Denied(Refusal::Unsecured)) {
        // There they read why, and what to do.
        return redirect(StatusCode::SEE_OTHER, entry::PATH);
    }
    let status = match error {
        Error::Internal(_) if error.is_busy() => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(source) => {
            tracing::error!(path = request.path(), error = %source, "a page could not be shown");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        // What may not be seen is not there.
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Unreachable { .. } => StatusCode::BAD_GATEWAY,
        Error::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
    };
    let title = match status {
        StatusCode::SERVICE_UNAVAILABLE => t.busy(),
        StatusCode::INTERNAL_SERVER_ERROR => t.failed(),
        StatusCode::NOT_FOUND => t.not_found(),
        _ => t.refused(),
    };
    let mut answer = trouble(request, visit, status, title, words(t, error));
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// What went wrong, in words for people.
pub(crate) fn words(t: Language, error: &Error) -> String {
    match error {
        Error::Internal(_) if error.is_busy() => t.busy_text(),
        Error::Internal(_) => t.failed_text(),
        Error::NotFound => t.not_found_text(),
        Error::Invalid(_) => t.invalid_text(),
        Error::Conflict(_) => t.conflict_text(),
        Error::Unreachable { .. } => t.unreachable_text(),
        Error::TooOften { .. } => t.too_often_text(),
        Error::Denied(Refusal::Slow(wait)) => return t.refused_slow(pace::minutes(*wait)),
        Error::Denied(Refusal::Hushed(until)) => return t.refused_hushed(t.moment(*until)),
        Error::Denied(refusal) => match refusal {
            Refusal::Banned => t.refused_banned(),
            Refusal::NotMember => t.refused_not_member(),
            Refusal::NotJoined => t.refused_not_joined(),
            Refusal::InviteOnly => t.refused_invite_only(),
            Refusal::OpenDoor => t.refused_open_door(),
            Refusal::NotStaff => t.refused_not_staff(),
            Refusal::NotAdmin => t.refused_not_admin(),
            Refusal::Unsecured => t.refused_unsecured(),
            Refusal::NotAuthor => t.refused_not_author(),
            Refusal::Rank => t.refused_rank(),
            Refusal::NotLet => t.refused_not_let(),
            Refusal::Locked => t.refused_locked(),
            Refusal::Gone => t.refused_gone(),
            Refusal::TooSoon => t.refused_too_soon(),
            Refusal::TooLate => t.refused_too_late(),
            Refusal::Once => t.refused_once(),
            Refusal::OwnDecision => t.refused_own_decision(),
            _ => t.refused_other(),
        },
    }
    .to_owned()
}

/// Whatever no route knows.
pub(crate) async fn nothing_here(request: HttpRequest, visit: Visit) -> HttpResponse {
    error(&request, &visit, &Error::NotFound)
}

/// A page asked for by a method that it does not have.
pub(crate) async fn wrong_method(request: HttpRequest, visit: Visit) -> HttpResponse {
    posted::not_so(&request, &visit, (visit.language.refused_method(), "GET, HEAD"))
}
