//! Signing up: whoever may have a login here makes one; where admins decide, it waits for them.
use domain::{
    actor::Actor,
    bar::{self, Severity},
    handle,
    id::{ActorId, InvitationId},
    policy::{self, Refusal},
    registration::Registration,
    text::plain,
    time::Timestamp,
};
use store::{accounts::Account, invitations::Invitation};

use crate::{
    App, Error, Me, Result, Tx, Whence, addresses,
    arrivals::{self, Bound, Towards},
    bars, groups,
    limits::Deed,
    mail::Errand,
    oauth,
    passkeys::{Answer, Verdict, newcomers},
    people::{self, NewPerson},
    registration, rules, seal, sessions, setup,
};

/// How much somebody may say about why they want to be taken in.
const REASON: usize = 2_000;

/// Whether somebody here has a name already.
pub async fn is_taken(app: &App, name: &str) -> Result<bool> {
    let (name, host) = (name.trim().to_lowercase(), app.site().host().to_string());
    app.read(move |c| store::actors::name_taken(c, &name, &host)).await
}

/// Somebody who wants a login.
#[derive(Clone, Default)]
pub struct Wish {
    /// The name of the handle.
    pub name: String,
    /// Where mail goes.
    pub email: String,
    /// Eight to 128 characters.
    pub password: String,
    /// Whether they agree to the rules.
    pub agreement: bool,
    /// Why they want to be taken in.
    pub reason: String,
    /// BCP 47, for what the server writes to them.
    pub language: String,
    /// The code of an invitation.
    pub invitation: Option<String>,
    /// The community for which they come.
    pub towards: Option<Towards>,
}

/// What is wrong with a wish; each concerns one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// The name does not fit the grammar of names.
    Name,
    /// The name would pass for the server's staff.
    NameReserved,
    /// Somebody has the name.
    NameTaken,
    /// This is no e-mail address.
    Email,
    /// The address has a login.
    EmailTaken,
    /// Nobody with such an address makes a login.
    EmailBarred,
    /// Only those sign up whose address is elsewhere: see [`crate::Config::mail_hosts`].
    EmailForeign,
    /// The password is too short.
    PasswordShort,
    /// The password is too long.
    PasswordLong,
    /// They did not agree to the rules.
    Agreement,
    /// They do not say why.
    Reason,
    /// The invitation is none, or used up.
    Invitation,
}

/// Somebody who signed up.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Who they are.
    pub me: Me,
    /// Whether their login waits for nothing.
    pub ready: bool,
}

/// A passkey that was made in place of a password: what the browser answered, and what it is called.
pub type Key = (Answer, String);

/// Makes a login; or what is wrong with the wish.
pub async fn sign_up(app: &App, wish: Wish, whence: &Whence) -> Result<Result<Newcomer, Vec<Flaw>>> {
    let made = make(app, wish, None, whence).await?;
    made.map_err(|trouble| Error::Internal(format!("{trouble:?} of a passkey that nobody has").into()))
}

/// Makes a login without a password, with the passkey that [`ask_newcomer`](crate::passkeys::ask_newcomer) asked for; or
/// why that is not taken, or what is wrong with the wish.
pub async fn sign_up_with_passkey(
    app: &App,
    wish: Wish,
    key: Key,
    whence: &Whence,
) -> Result<Verdict<Result<Newcomer, Vec<Flaw>>>> {
    make(app, wish, Some(key), whence).await
}

async fn make(
    app: &App,
    wish: Wish,
    key: Option<Key>,
    whence: &Whence,
) -> Result<Verdict<Result<Newcomer, Vec<Flaw>>>> {
    let door = registration::now(app);
    let invitation = wish.invitation.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let invitation = match invitation {
        Some(code) => Some(invited_by(app, code).await?),
        None => None,
    };
    let bound = bound(app, wish.towards.as_ref()).await?;
    let is_invited = invitation.is_some() || bound.as_ref().is_some_and(|bound| bound.is_vouched);
    // Whoever sets the server up comes first.
    if setup::is_needed(app).await? || door == Registration::Closed || door == Registration::Invite && !is_invited {
        return Err(Refusal::SignUpClosed.into());
    }
    let asks_why = door == Registration::Approval && !is_invited;
    let mut flaws = flaws(&wish, asks_why);
    flaws.retain(|flaw| key.is_none() || *flaw != Flaw::PasswordShort);
    flaws.extend((invitation == Some(None)).then_some(Flaw::Invitation));
    if !flaws.is_empty() {
        return Ok(Ok(Err(flaws)));
    }
    app.limits().from(Deed::SignUp, whence, app.now())?;
    let must_wait = match look(app, &wish.email, whence).await? {
        Ok(severity) => severity == Some(Severity::Approval),
        Err(flaw) => return Ok(Ok(Err(vec![flaw]))),
    };
    let waits = asks_why || must_wait;
    let new = NewPerson {
        name: wish.name.trim().to_owned(),
        email: wish.email,
        password: wish.password,
        admin: false,
        language: wish.language,
    };
    let prepared = match key {
        Some(_) => people::prepare_without_password(app, new).await?,
        None => people::prepare(app, new).await?,
    };
    // With a mail server it is whoever reads there who says whether the address is theirs, and nobody else learns whether
    // it has a login.
    let confirmed = app.mailer().is_none();
    let reason = plain::cut(wish.reason.trim(), REASON);
    let admission = people::Admission { confirmed, approved: !waits, reason, number: None };
    let invitation = invitation.flatten();
    app.write(move |tx| {
        let Some((answer, called)) = &key else {
            return enlist(tx, &prepared, &admission, invitation, bound.as_ref()).map(Ok);
        };
        // Said before the passkey is used up.
        let taken = people::taken(tx, &prepared, confirmed)?;
        if !taken.is_empty() {
            return Ok(Ok(Err(taken)));
        }
        let made = match newcomers::admit(tx, answer)? {
            Ok(made) => made,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let admission = people::Admission { number: Some(made.person), ..admission.clone() };
        let enlisted = enlist(tx, &prepared, &admission, invitation, bound.as_ref())?;
        if enlisted.is_ok() {
            newcomers::keep(tx, &made, called)?;
        }
        Ok(Ok(enlisted))
    })
    .await
}

/// Makes a login for somebody for whom others vouch, without a password; `confirms` says whether their address has yet to
/// be confirmed. `link` keeps who vouches for them.
pub(crate) async fn vouched(
    app: &App,
    wish: Wish,
    confirms: bool,
    whence: &Whence,
    link: impl Fn(&mut Tx<'_, '_>, ActorId) -> Result<()> + Send + 'static,
) -> Result<Result<Newcomer, Vec<Flaw>>> {
    if setup::is_needed(app).await? {
        return Err(Refusal::SignUpClosed.into());
    }
    let mut flaws = flaws(&wish, false);
    flaws.retain(|flaw| *flaw != Flaw::PasswordShort);
    if !flaws.is_empty() {
        return Ok(Err(flaws));
    }
    let must_wait = match look(app, &wish.email, whence).await? {
        Ok(severity) => severity == Some(Severity::Approval),
        Err(flaw) => return Ok(Err(vec![flaw])),
    };
    let bound = bound(app, wish.towards.as_ref()).await?;
    let Wish { name, email, password, language, .. } = wish;
    let new = NewPerson { name: name.trim().to_owned(), email, password, admin: false, language };
    let prepared = people::prepare_without_password(app, new).await?;
    let confirmed = !confirms || app.mailer().is_none();
    let admission = people::Admission { confirmed, approved: !must_wait, reason: String::new(), number: None };
    app.write(move |tx| {
        let enlisted = enlist(tx, &prepared, &admission, None, bound.as_ref())?;
        if let Ok(newcomer) = &enlisted {
            link(tx, newcomer.me.0)?;
        }
        Ok(enlisted)
    })
    .await
}

/// Writes a new login down, and asks whoever has yet to say something about it.
fn enlist(
    tx: &mut Tx<'_, '_>,
    new: &people::Prepared,
    admission: &people::Admission,
    invitation: Option<InvitationId>,
    bound: Option<&Bound>,
) -> Result<Result<Newcomer, Vec<Flaw>>> {
    let (confirmed, waits) = (admission.confirmed, !admission.approved);
    let taken = people::taken(tx, new, confirmed)?;
    if !taken.is_empty() {
        return Ok(Err(taken));
    }
    if let Some(bound) = bound
        && !arrivals::reserve(tx, bound)?
    {
        return Ok(Err(vec![Flaw::Invitation]));
    }
    if let Some(id) = invitation
        && !store::invitations::spend(tx, id)?
    {
        return Ok(Err(vec![Flaw::Invitation]));
    }
    let person = people::enrol_as(tx, new, admission)?;
    if let Some(bound) = bound {
        arrivals::remember(tx, person.id, bound)?;
    }
    if confirmed {
        addresses::enter(tx, person.id, waits)?;
    } else {
        addresses::ask(tx, person.id, &new.email)?;
    }
    Ok(Ok(Newcomer { me: Me(person.id), ready: confirmed && !waits }))
}

/// Whether an address is one of those that may sign up.
fn is_of_here(app: &App, email: &str) -> bool {
    let (hosts, own) = (&app.config().mail_hosts, bar::mail_hosts(email));
    hosts.is_empty() || hosts.iter().any(|host| own.iter().any(|name| name == host.as_str()))
}

/// The community for which somebody comes; a way that leads nowhere any more keeps nobody from a login.
async fn bound(app: &App, towards: Option<&Towards>) -> Result<Option<Bound>> {
    let Some(towards) = towards else { return Ok(None) };
    match arrivals::bound(app, towards).await {
        Ok(bound) => Ok(Some(bound)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Why nobody signs up with an address, if that is so.
pub(crate) async fn address_flaw(app: &App, email: &str) -> Result<Option<Flaw>> {
    if !is_of_here(app, email) {
        return Ok(Some(Flaw::EmailForeign));
    }
    let email = email.to_owned();
    let is_barred = app.read(move |c| bars::is_mail_barred(c, &email)).await?;
    Ok(is_barred.then_some(Flaw::EmailBarred))
}

/// How far somebody is kept out by where they come from; or what is wrong with their address.
async fn look(app: &App, email: &str, whence: &Whence) -> Result<Result<Option<Severity>, Flaw>> {
    let (address, now) = (whence.address, app.now());
    let severity = match address {
        Some(address) => app.read(move |c| bars::severity_at(c, address, now)).await?,
        None => None,
    };
    if severity == Some(Severity::Block) {
        return Err(Refusal::SignUpClosed.into());
    }
    Ok(match address_flaw(app, email).await? {
        Some(flaw) => Err(flaw),
        None => Ok(severity),
    })
}

/// What is wrong with a wish by itself; `asks_why` says whether they have to say why they want to be taken in.
#[must_use]
pub fn flaws(wish: &Wish, asks_why: bool) -> Vec<Flaw> {
    let length = wish.password.chars().count();
    let checks = [
        match handle::local_name(wish.name.trim()) {
            None => Some(Flaw::Name),
            Some(name) => handle::is_reserved(&name).then_some(Flaw::NameReserved),
        },
        people::checked_email(&wish.email).is_err().then_some(Flaw::Email),
        (length < 8).then_some(Flaw::PasswordShort),
        (length > 128).then_some(Flaw::PasswordLong),
        (!wish.agreement).then_some(Flaw::Agreement),
        (asks_why && wish.reason.trim().is_empty()).then_some(Flaw::Reason),
    ];
    checks.into_iter().flatten().collect()
}

/// Signs somebody up by an application, which gets a token for them.
pub async fn sign_up_by_app(
    app: &App,
    client: &people::Bearer,
    wish: Wish,
    whence: &Whence,
) -> Result<Result<oauth::Issued, Vec<Flaw>>> {
    let id = client.app.ok_or(Error::NotFound)?;
    match sign_up(app, wish, whence).await? {
        Ok(newcomer) => oauth::give(app, Some(newcomer.me), id, client.scopes.clone()).await.map(Ok),
        Err(flaws) => Ok(Err(flaws)),
    }
}

/// The logins that wait to be taken in, with who they are; for those who administer the server.
pub async fn waiting(app: &App, me: Me) -> Result<Vec<(Account, Actor)>> {
    app.write(move |tx| {
        policy::administer(&rules::standing(tx, me)?)?;
        let accounts = store::accounts::waiting(tx, 200)?;
        let ids: Vec<ActorId> = accounts.iter().map(|account| ActorId(account.id)).collect();
        let actors = store::actors::by_ids(tx, &ids)?;
        let of = |account: Account| {
            let actor = actors.iter().find(|actor| actor.id.0 == account.id)?.clone();
            Some((account, actor))
        };
        Ok(accounts.into_iter().filter_map(of).collect())
    })
    .await
}

/// Takes somebody in who waits for it, and into the community for which they signed up.
pub async fn approve(app: &App, by: Me, person: ActorId) -> Result<()> {
    app.write(move |tx| {
        let account = awaited(tx, by, person)?;
        let now = tx.now();
        store::accounts::approve(tx, ActorId(account.id), now)?;
        if account.confirmed.is_some() {
            arrivals::arrive(tx, person)?;
        }
        tx.mail(&Errand::TakenIn(account.id))
    })
    .await
}

/// Sends somebody away who waits to be taken in: their login ends, nobody can take their name, and they are told why.
pub async fn reject(app: &App, by: Me, person: ActorId, reason: String) -> Result<()> {
    let reason = plain::cut(reason.trim(), REASON);
    app.write(move |tx| {
        let account = awaited(tx, by, person)?;
        let (id, now) = (ActorId(account.id), tx.now());
        sessions::end_all(tx, id)?;
        arrivals::give_up(tx, id)?;
        store::accounts::set_disabled(tx, id, Some(now))?;
        tx.mail(&Errand::TurnedAway(id.0, reason.clone()))
    })
    .await
}

/// Somebody who waits, if `by` decides about them.
fn awaited(tx: &mut Tx<'_, '_>, by: Me, person: ActorId) -> Result<Account> {
    policy::administer(&rules::standing(tx, by)?)?;
    let account = store::accounts::by_id(tx, person)?.ok_or(Error::NotFound)?;
    if account.approved.is_some() || account.disabled.is_some() { Err(Error::NotFound) } else { Ok(account) }
}

/// Makes a code by which others sign up: until `expires`, and `most` of them.
pub async fn invite(app: &App, me: Me, expires: Option<Timestamp>, most: Option<i64>) -> Result<String> {
    let id = app.write(move |tx| {
        policy::administer(&groups::regard_at_large(tx, me.0)?)?;
        let (id, created): (InvitationId, Timestamp) = (tx.new_id(), tx.now());
        let (account_id, expires) = (me.0.0, expires.map(|at| at.0));
        let row = Invitation { id: id.0, account_id, created: created.0, expires, most, used: 0 };
        store::invitations::insert(tx, &row)?;
        Ok(id)
    });
    code(app, id.await?)
}

/// The newest invitations before `before` with their codes; for admins.
pub async fn invitations(app: &App, me: Me, before: InvitationId, limit: i64) -> Result<Vec<(Invitation, String)>> {
    let found = rules::read_as_admin(app, me, move |c| store::invitations::page(c, before, limit)).await?;
    let coded = |one: Invitation| code(app, InvitationId(one.id)).map(|code| (one, code));
    found.into_iter().map(coded).collect()
}

/// Takes an invitation back: nobody signs up by it any more.
pub async fn revoke(app: &App, me: Me, id: InvitationId) -> Result<()> {
    app.write(move |tx| {
        policy::administer(&rules::standing(tx, me)?)?;
        if store::invitations::remove(tx, id)? { Ok(()) } else { Err(Error::NotFound) }
    })
    .await
}

/// The code of an invitation: its number, and a word that only this server can make of it. None of it is stored.
fn code(app: &App, id: InvitationId) -> Result<String> {
    Ok(format!("{id}-{}", app.seal().code(&format!("invitation {id}"))?))
}

/// The invitation with this code, if it is still good.
async fn invited_by(app: &App, entered: &str) -> Result<Option<InvitationId>> {
    let Some(id) = entered.split_once('-').and_then(|(id, _)| id.parse::<InvitationId>().ok()) else {
        return Ok(None);
    };
    let right = code(app, id)?;
    if !seal::is_same(&right, entered) {
        return Ok(None);
    }
    let now = app.now();
    let known = app.read(move |c| store::invitations::good(c, id, now)).await?;
    Ok(known.then_some(id))
}

/// Whether this is the code of an invitation that is still good.
pub async fn is_invitation(app: &App, entered: &str) -> Result<bool> {
    Ok(invited_by(app, entered.trim()).await?.is_some())
}
