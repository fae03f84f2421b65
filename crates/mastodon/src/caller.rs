//! Who asks: the token of a request, and whether it is for this. The type of a handler's argument is its policy.
use std::{future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Data};
use app::{
    App, Me,
    people::{self, Bearer},
};
use domain::id::{ActorId, AppId};
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
    /// Who one is, in the words of `OpenID`.
    Userinfo = ["profile"];
    /// Posts and timelines.
    ReadStatuses = ["read:statuses"];
    /// Writing, deleting and passing on.
    WriteStatuses = ["write:statuses"];
    /// Bringing pictures, films and sounds.
    WriteMedia = ["write:media"];
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
    /// Changing what one's account is and keeps.
    WriteAccounts = ["write:accounts"];
    /// Whom one blocks.
    ReadBlocks = ["read:blocks", "follow"];
    /// Blocking.
    WriteBlocks = ["write:blocks", "follow"];
    /// Whom one mutes.
    ReadMutes = ["read:mutes", "follow"];
    /// Muting.
    WriteMutes = ["write:mutes", "follow"];
    /// One's lists.
    ReadLists = ["read:lists"];
    /// Changing one's lists.
    WriteLists = ["write:lists"];
    /// One's filters.
    ReadFilters = ["read:filters"];
    /// Changing one's filters.
    WriteFilters = ["write:filters"];
    /// What one keeps.
    ReadBookmarks = ["read:bookmarks"];
    /// Keeping.
    WriteBookmarks = ["write:bookmarks"];
    /// What one likes.
    ReadFavourites = ["read:favourites"];
    /// Forgetting what one was told, and saying what one wants to be told.
    WriteNotifications = ["write:notifications"];
    /// Putting conversations away.
    WriteConversations = ["write:conversations"];
    /// How one's clients are woken.
    Push = ["push"];
    /// What only admins see.
    AdminRead = ["admin:read"];
    /// What only admins decide.
    AdminWrite = ["admin:write"];
    /// People, as admins see them.
    AdminReadAccounts = ["admin:read:accounts"];
    /// Deciding about people.
    AdminWriteAccounts = ["admin:write:accounts"];
    /// All reports.
    AdminReadReports = ["admin:read:reports"];
    /// Dealing with any report.
    AdminWriteReports = ["admin:write:reports"];
    /// Servers one does not deal with.
    AdminReadDomainBlocks = ["admin:read:domain_blocks"];
    /// Deciding which those are.
    AdminWriteDomainBlocks = ["admin:write:domain_blocks"];
    /// Servers one deals with whatever else is said.
    AdminReadDomainAllows = ["admin:read:domain_allows"];
    /// Deciding which those are.
    AdminWriteDomainAllows = ["admin:write:domain_allows"];
    /// Networks that are kept out.
    AdminReadIpBlocks = ["admin:read:ip_blocks"];
    /// Deciding which those are.
    AdminWriteIpBlocks = ["admin:write:ip_blocks"];
    /// Hosts of mail that are kept out.
    AdminReadEmailDomainBlocks = ["admin:read:email_domain_blocks"];
    /// Deciding which those are.
    AdminWriteEmailDomainBlocks = ["admin:write:email_domain_blocks"];
    /// Mailboxes that are kept out.
    AdminReadCanonicalEmailBlocks = ["admin:read:canonical_email_blocks"];
    /// Deciding which those are.
    AdminWriteCanonicalEmailBlocks = ["admin:write:canonical_email_blocks"];
    /// Anything one may read.
    Read = ["read"];
}

/// A person here, with a token for `S`.
pub(crate) struct Allowed<S> {
    /// The person.
    pub(crate) me: Me,
    /// Their login.
    pub(crate) account: Account,
    /// The application that asks for them; none, if the token was made by command.
    pub(crate) app: Option<AppId>,
    /// By what their token is known: what hangs on it names it so.
    pub(crate) token: String,
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

/// A token, whoever stands behind it: a person whose login may still wait for something, or an application alone.
pub(crate) struct Holder(pub(crate) Bearer);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

impl<S: Scope> FromRequest for Allowed<S> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let bearer = bearer(&request).await?.ok_or(Error::Unauthorized("The access token is missing"))?;
            let (app, token) = (bearer.app, bearer.hash.clone());
            let (me, account) = person::<S>(bearer)?.ok_or(Error::NeedsPerson)?;
            Ok(Self { me, account, app, token, scope: PhantomData })
        })
    }
}

impl<S: Scope> FromRequest for Viewer<S> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let person = bearer(&request).await?.map(person::<S>).transpose()?.flatten();
            Ok(Self { me: person.map(|(me, _)| me), scope: PhantomData })
        })
    }
}

impl FromRequest for Holder {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(
            async move { bearer(&request).await?.map(Self).ok_or(Error::Unauthorized("The access token is missing")) },
        )
    }
}

/// The person behind a token for `S`, if it is one; their login must wait for nothing.
fn person<S: Scope>(bearer: Bearer) -> Result<Option<(Me, Account)>> {
    if !S::ANY.iter().any(|scope| bearer.may(scope)) {
        return Err(Error::Scope);
    }
    match bearer.person {
        Some((_, account)) if account.confirmed.is_none() => Err(Error::Unconfirmed),
        Some((_, account)) if account.approved.is_none() => Err(Error::Pending),
        person => Ok(person),
    }
}

const INVALID: Error = Error::Unauthorized("The access token is invalid");

/// The token of a request, as it was sent.
pub(crate) fn token(request: &HttpRequest) -> Result<Option<&str>> {
    let Some(header) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let Some((scheme, token)) = header.to_str().ok().and_then(|text| text.trim().split_once(' ')) else {
        return Err(INVALID);
    };
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(INVALID) }
}

/// Whoever has the token of a request. Who was found before is not looked for again.
pub(crate) async fn bearer(request: &HttpRequest) -> Result<Option<Bearer>> {
    let found = request.extensions_mut().remove::<Bearer>();
    if found.is_some() {
        return Ok(found);
    }
    let Some(token) = token(request)? else { return Ok(None) };
    let app = request.app_data::<Data<App>>().ok_or_else(|| app::Error::internal("the door has no app"))?;
    people::bearer(app, token).await?.map(Some).ok_or(INVALID)
}
