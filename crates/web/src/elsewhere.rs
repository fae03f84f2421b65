//! Taking part with an account of another server: whose it is, and the way there.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use app::{
    App, Error,
    elsewhere::{self, Deed},
};
use askama::Template;
use domain::{
    handle::Handle,
    post::Post,
    urls::{self, Local},
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    forms::{Field, Fields},
    language::Language,
    login,
    posted::Posted,
    session,
};

/// Where one says which account one has.
pub(crate) const PATH: &str = "/elsewhere";
/// The cookie that keeps which account that is; only this page gets it.
const COOKIE: &str = "account";
const YEAR: u32 = 365 * 24 * 60 * 60;

/// What somebody wants to do with what, and who they are elsewhere.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    uri: String,
    deed: String,
    account: String,
}

impl Wanted {
    fn deed(&self) -> Deed {
        match self.deed.as_str() {
            "reply" => Deed::Reply,
            "like" => Deed::Like,
            "share" => Deed::Share,
            _ => Deed::Follow,
        }
    }
}

#[derive(Template)]
#[template(path = "elsewhere.html")]
struct Page {
    frame: Frame,
    form: Fields,
    wanted: Wanted,
    /// Where their server does it, and the name of that server.
    way: Option<(String, String)>,
    /// What finds it in any app, and whether they copy that because their server does not say where.
    address: String,
    is_copied: bool,
    /// Where those sign in who have an account here.
    here: String,
}

/// The page on which one says that one wants to do that with something of ours.
pub(crate) fn address(uri: &str, deed: &str) -> String {
    urls::asking(PATH, &[("uri", uri), ("deed", deed)])
}

/// The same for a guest, whose account is known; nothing, if their server cannot read the post.
pub(crate) fn from(handle: &str, post: &Post, deed: &str) -> Option<String> {
    let is_readable = post.local && post.audience.is_open();
    is_readable.then(|| urls::asking(PATH, &[("uri", &post.uri), ("deed", deed), ("account", handle)]))
}

/// Where a guest follows something of ours from their own server.
pub(crate) fn follow(handle: &str, uri: &str) -> String {
    urls::asking(PATH, &[("uri", uri), ("deed", "follow"), ("account", handle)])
}

/// `GET /elsewhere`
pub(crate) async fn show(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    wanted: Option<Query<Wanted>>,
) -> HttpResponse {
    let mut wanted = wanted.map(Query::into_inner).unwrap_or_default();
    if wanted.account.is_empty() {
        session::value(&request, COOKIE).unwrap_or_default().clone_into(&mut wanted.account);
    }
    match page(&app, &visit, wanted) {
        Some(page) => answer::page(&request, StatusCode::OK, Keep::Never, &page),
        None => answer::error(&request, &visit, &Error::NotFound),
    }
}

/// `POST /elsewhere`
pub(crate) async fn submit(request: HttpRequest, app: Data<App>, visit: Visit, sent: Posted<Wanted>) -> HttpResponse {
    let (t, wanted) = (visit.language, sent.entered);
    let Some(mut page) = page(&app, &visit, wanted.clone()) else {
        return answer::error(&request, &visit, &Error::NotFound);
    };
    let typed = wanted.account.trim();
    let who = Handle::parse(typed).filter(|who| who.host.is_some());
    let Some(who) = who.filter(|who| who.host.as_ref().is_none_or(|host| !app.site().serves(host))) else {
        page.form.flaw("account", t.flaw_account());
        return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
    };
    match elsewhere::way(&app, &who, wanted.deed(), &wanted.uri, &login::whence(&request)).await {
        Ok(Some(url)) => {
            let host = domain::host::Host::of(&url).map(|host| host.display()).unwrap_or_default();
            page.way = Some((url, host));
        }
        Ok(None) => page.is_copied = true,
        Err(Error::NotFound | Error::Unreachable { .. } | Error::Invalid(_) | Error::Denied(_)) => {
            page.form.flaw("account", t.flaw_account_unknown());
            page.is_copied = true;
        }
        Err(error) => return login::failed(&request, &visit, &error),
    }
    let mut answer = answer::page(&request, StatusCode::OK, Keep::Never, &page);
    if !page.form.is_flawed() {
        remember(&app, &mut answer, &who);
    }
    answer
}

/// Lets whoever said once which account they have find it filled in the next time.
fn remember(app: &App, answer: &mut HttpResponse, who: &Handle) {
    let secure = if app.site().is_development() { "" } else { "; Secure" };
    let cookie = format!("{COOKIE}={who}; Path={PATH}; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}");
    // A name that no header takes is typed again.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The page, if what is wanted is about something of ours.
fn page(app: &App, visit: &Visit, wanted: Wanted) -> Option<Page> {
    let t = visit.language;
    let (host, local) = app.site().parse(&wanted.uri)?;
    let (uri, address) = match local {
        Local::Actor(name) => (app.site().actor(&host, &name), Some(format!("@{name}@{}", host.display()))),
        Local::Post(name, id) => (urls::post(&app.site().actor(&host, &name), id), None),
        _ => return None,
    };
    let account = Field::exact("account", "text", t.your_handle()).hint(t.your_handle_hint()).autocomplete("username");
    let back = app.site().parse(&uri).and_then(|_| url::Url::parse(&uri).ok()).map(|url| url.path().to_owned());
    Some(Page {
        frame: Frame::private(visit, heading(t, wanted.deed())),
        address: address.unwrap_or_else(|| uri.clone()),
        form: Fields::new(vec![account.longest(300).value(&wanted.account)]),
        wanted: Wanted { uri, ..wanted },
        way: None,
        is_copied: false,
        here: session::login_path(&back.unwrap_or_default()),
    })
}

fn heading(t: Language, deed: Deed) -> &'static str {
    match deed {
        Deed::Follow => t.elsewhere_follow(),
        Deed::Reply => t.elsewhere_reply(),
        Deed::Like => t.elsewhere_like(),
        Deed::Share => t.elsewhere_share(),
    }
}
