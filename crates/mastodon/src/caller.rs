//! Who asks: the token of a request, and whether it is for this. The type of a handler's argument is its policy.
use std::{future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use app::{
    App, Me,
    people::{self, Bearer},
};
use domain::id::ActorId;
use store::accounts::Account;

use crate::error::{Error, Result};

/// What a token must be for.
pub(crate) trait Scope: 'static {
    /// Any of these will do.
    const ANY: &'static [&'static str];
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $any:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) enum $name {}
        impl Scope for $name {
            const ANY: &'static [&'static str] = &$any;
        }
    )*};
}

scopes! {
    /// One's own login, and profiles.
    ReadAccounts = ["read:accounts"];
    /// Who one is.
    Profile = ["profile", "read:accounts"];
    /// Posts and timelines.
    ReadStatuses = ["read:statuses"];
    /// Writing, deleting and passing on.
    WriteStatuses = ["write:statuses"];
    /// Votes.
    WriteFavourites = ["write:favourites"];
    /// Who follows whom.
    ReadFollows = ["read:follows", "follow"];
    /// Following, and answering those who ask to.
    WriteFollows = ["write:follows", "follow"];
    /// What one was told.
    ReadNotifications = ["read:notifications"];
    /// Reporting.
    WriteReports = ["write:reports"];
    /// Searching.
    ReadSearch = ["read:search"];
}

/// A person here, with a token for `S`.
pub(crate) struct Allowed<S> {
    /// The person.
    pub(crate) me: Me,
    /// Their login.
    pub(crate) account: Account,
    scope: PhantomData<S>,
}

/// Anybody. Whoever comes with a token must have one for `S`.
pub(crate) struct Viewer<S> {
    /// The person, if it is one of here.
    pub(crate) me: Option<Me>,
    scope: PhantomData<S>,
}

impl<S> Viewer<S> {
    /// The number of the person.
    pub(crate) fn id(&self) -> Option<ActorId> {
        self.me.map(|me| me.0)
    }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

impl<S: Scope> FromRequest for Allowed<S> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let bearer = bearer::<S>(&request).await?;
            let Bearer { me, account, .. } = bearer.ok_or(Error::Unauthorized("The access token is missing"))?;
            Ok(Self { me, account, scope: PhantomData })
        })
    }
}

impl<S: Scope> FromRequest for Viewer<S> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let me = bearer::<S>(&request).await?.map(|bearer| bearer.me);
            Ok(Self { me, scope: PhantomData })
        })
    }
}

async fn bearer<S: Scope>(request: &HttpRequest) -> Result<Option<Bearer>> {
    let Some(header) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let invalid = || Error::Unauthorized("The access token is invalid");
    let Some((scheme, token)) = header.to_str().ok().and_then(|text| text.trim().split_once(' ')) else {
        return Err(invalid());
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let app = request.app_data::<Data<App>>().ok_or_else(|| app::Error::internal("the door has no app"))?;
    let bearer = people::bearer(app, token.trim()).await?.ok_or_else(invalid)?;
    if S::ANY.iter().any(|scope| bearer.may(scope)) { Ok(Some(bearer)) } else { Err(Error::Scope) }
}
