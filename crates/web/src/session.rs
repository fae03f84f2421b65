//! Who looks at a page: the cookie of a session, and what a handler learns from it.
use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use app::{App, Me, second_step::Secret, sessions};
use domain::{
    id::SessionId,
    urls::{Site, path},
};
use store::accounts::Account;
use url::form_urlencoded;

use crate::{guests, posted};

/// Where one signs in.
pub(crate) const LOGIN: &str = path::LOGIN;

/// Where those are told who wait for something.
pub(crate) const WAITING: &str = path::WAITING;

/// Somebody who is signed in with a login here. As an argument of a handler, or in an `Option` for none, it is whoever may
/// take part; those who are not signed in are sent to do so, and guests are told that it is not for them.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Who it is.
    pub(crate) me: Me,
    /// Their login: language, whether they administer the site.
    pub(crate) account: Account,
    /// The session.
    pub(crate) session: SessionId,
    /// What every form of theirs says (`pieces::token`), and [`crate::posted::Posted`] asks for; masked.
    pub(crate) form_token: String,
}

impl SignedIn {
    /// What they show to prove once more that it is them.
    pub(crate) fn shows(&self, password: String) -> Secret {
        Secret { password, session: self.session }
    }
}

/// Somebody who is signed in, with a login here or as a guest with an account elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    /// Who it is.
    pub(crate) me: Me,
    /// Their login; none, if they are a guest.
    pub(crate) account: Option<Account>,
    /// The session.
    pub(crate) session: SessionId,
    /// What every form of theirs says.
    pub(crate) form_token: String,
}

/// Whoever is signed in with a login here, even if it waits for something.
#[derive(Debug, Clone)]
pub(crate) struct AnyLogin(pub(crate) SignedIn);

/// Anybody: with their login, if they are signed in and may take part.
#[derive(Debug, Clone)]
pub(crate) struct Viewer(pub(crate) Option<SignedIn>);

/// The token of the session is behind a mask from here on.
impl TryFrom<sessions::Session> for Present {
    type Error = app::Error;

    fn try_from(found: sessions::Session) -> Result<Self, app::Error> {
        let form_token = posted::masked(&found.form_token)?;
        Ok(Self { me: found.me, account: found.account, session: found.id, form_token })
    }
}

impl Present {
    /// Whether they wait for nothing.
    pub(crate) fn is_ready(&self) -> bool {
        self.account.as_ref().is_none_or(Account::is_ready)
    }

    /// The same, if they have a login here.
    pub(crate) fn with_login(self) -> Option<SignedIn> {
        let Self { me, account, session, form_token } = self;
        account.map(|account| SignedIn { me, account, session, form_token })
    }
}

/// For whom a page or a form is.
pub(crate) trait Admits: Sized {
    /// Lets somebody in who is signed in, or says why not.
    fn admit(by: Present) -> Result<Self, Bar>;
}

/// Why a page is not for somebody who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// Their login waits for something.
    Waits,
    /// They are a guest.
    Guest,
}

impl Admits for Present {
    fn admit(by: Present) -> Result<Self, Bar> {
        if by.is_ready() { Ok(by) } else { Err(Bar::Waits) }
    }
}

impl Admits for AnyLogin {
    fn admit(by: Present) -> Result<Self, Bar> {
        by.with_login().map(Self).ok_or(Bar::Guest)
    }
}

impl Admits for SignedIn {
    fn admit(by: Present) -> Result<Self, Bar> {
        let AnyLogin(by) = AnyLogin::admit(by)?;
        if by.account.is_ready() { Ok(by) } else { Err(Bar::Waits) }
    }
}

/// Why a page is for none but others.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Shut {
    /// One has to sign in, and comes back then.
    #[error("sign in first")]
    SignIn {
        /// Where they wanted to go.
        back: String,
    },
    /// The login waits for something.
    #[error("the login waits")]
    Waiting,
    /// It is for those with a login here.
    #[error("guests do this on their own server")]
    Guest(HttpRequest),
    /// The session could not be looked up.
    #[error(transparent)]
    Failed(#[from] app::Error),
}

impl ResponseError for Shut {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } | Self::Waiting => StatusCode::SEE_OTHER,
            Self::Guest(_) => StatusCode::FORBIDDEN,
            Self::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Guest(request) = self {
            return guests::turned_away(request);
        }
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        match self {
            Self::SignIn { back } => answer.insert_header((header::LOCATION, login_path(back))),
            Self::Waiting | Self::Guest(_) => answer.insert_header((header::LOCATION, WAITING)),
            Self::Failed(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a session could not be looked up");
                answer.insert_header((header::RETRY_AFTER, "5"))
            }
        };
        answer.finish()
    }
}

/// Where one signs in to come back to `back`.
pub(crate) fn login_path(back: &str) -> String {
    let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("{LOGIN}?back={back}")
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Shut>>>>;

impl Shut {
    /// What stands in the way of a request.
    pub(crate) fn by(bar: Bar, request: &HttpRequest) -> Self {
        match bar {
            Bar::Waits => Self::Waiting,
            Bar::Guest => Self::Guest(request.clone()),
        }
    }
}

fn extract<T: Admits + 'static>(request: &HttpRequest) -> Extracting<T> {
    let request = request.clone();
    Box::pin(async move {
        match look_up(&request).await? {
            Some(by) => T::admit(by).map_err(|bar| Shut::by(bar, &request)),
            None => Err(Shut::SignIn { back: back(&request) }),
        }
    })
}

macro_rules! extracted {
    ($($who:ident)*) => {$(
        impl FromRequest for $who {
            type Error = Shut;
            type Future = Extracting<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                extract(request)
            }
        }
    )*};
}
extracted! { AnyLogin SignedIn Present }

impl FromRequest for Viewer {
    type Error = Shut;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let by = look_up(&request).await?.filter(Present::is_ready);
            Ok(Self(by.and_then(Present::with_login)))
        })
    }
}

/// Where somebody comes back to who has to sign in first: what was sent by a form is lost, its page is not.
fn back(request: &HttpRequest) -> String {
    request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// The session of a request.
pub(crate) async fn look_up(request: &HttpRequest) -> Result<Option<Present>, app::Error> {
    let known = request.extensions().get::<LookedUp>().cloned();
    if let Some(LookedUp(known)) = known {
        return Ok(known);
    }
    let app = request.app_data::<Data<App>>().ok_or_else(|| app::Error::internal("the door has no app"))?;
    let found = match secret(request, app.site()) {
        Some(secret) => sessions::find(app, secret).await?,
        None => None,
    };
    let found = found.map(Present::try_from).transpose()?;
    request.extensions_mut().insert(LookedUp(found.clone()));
    Ok(found)
}

/// Who was found to have sent a request: several arguments of a handler ask.
#[derive(Clone)]
struct LookedUp(Option<Present>);

/// The name of the cookie: browsers take one with the prefix only over https, for this host alone.
fn name(site: &Site) -> &'static str {
    if site.is_development() { "tertulia" } else { "__Host-tertulia" }
}

/// Whether a request names a session, known or not.
pub(crate) fn is_named(request: &HttpRequest, site: &Site) -> bool {
    secret(request, site).is_some()
}

fn secret<'a>(request: &'a HttpRequest, site: &Site) -> Option<&'a str> {
    value(request, name(site))
}

/// The value of a cookie.
pub(crate) fn value<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = headers.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Lets the browser that gets this answer have the session with this secret from now on.
pub(crate) fn keep(answer: &mut HttpResponse, site: &Site, secret: &str) {
    if let Ok(cookie) = HeaderValue::from_str(&cookie(site, secret)) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The `Set-Cookie` of a new session.
fn cookie(site: &Site, secret: &str) -> String {
    let secure = if site.is_development() { "" } else { "; Secure" };
    // Browsers keep no cookie for much longer than a year; the session itself ends when it is not used.
    format!("{}={secret}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}", name(site))
}

/// The `Set-Cookie` of somebody who has signed out.
pub(crate) fn no_cookie(site: &Site) -> String {
    let secure = if site.is_development() { "" } else { "; Secure" };
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", name(site))
}
