//! Mail to people here: what it is about, written when it is sent, tried again until it is gone.
use std::time::Duration;

use domain::{
    actor::Actor,
    id::{ActorId, StatementId},
    imprint::Kind,
    text::plain,
    time::{Timestamp, span},
    urls::{self, path, with_query},
};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use store::{accounts::Account, tickets::Ticket};

use crate::{
    App, Error, Result, Tx, digests, imprint,
    limits::{self, Deed},
    mailings, nameplate, quiet_hours, random,
    sentences::Words,
    statements,
};

/// The job that sends a letter; its subject is an [`Errand`].
pub(crate) const SEND: &str = "mail";
/// The job that sends one that waited until quiet hours were over; its subject is the same.
pub(crate) const LATER: &str = "mail_later";

/// What the link of a mail is good for, as it is stored.
pub(crate) const CONFIRM: &str = "confirm";
pub(crate) const RENEW: &str = "renew";

/// How long a link lasts that confirms an address, and one that renews a password.
const CONFIRM_LASTS: Duration = span::days(2);
const RENEW_LASTS: Duration = span::hours(1);

/// A letter to somebody; the words are the mailer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The name of the login that it is about.
    pub name: String,
    /// BCP 47: what the person reads.
    pub language: String,
    /// What is said otherwise here than elsewhere.
    pub words: Words,
    /// The host of this server, as people read it.
    pub site: String,
    /// What those who run the server say at the end of every letter; often nothing.
    pub closing: String,
    /// What it is about.
    pub about: About,
}

impl Letter {
    /// Where letters like this one are stopped at once, if they come by themselves (RFC 8058).
    pub fn stop(&self) -> Option<&str> {
        match &self.about {
            About::Digest(told) => Some(&told.stop),
            About::Notices(news) => Some(&news.stop),
            _ => None,
        }
    }
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The address of somebody who signed up, to be confirmed by a link.
    Confirm {
        /// The link.
        link: String,
    },
    /// The new address of somebody, to be confirmed by a link.
    NewAddress {
        /// The link.
        link: String,
    },
    /// Somebody gave an address that has a login already.
    AddressTaken {
        /// Where one signs in.
        link: String,
    },
    /// The login has another address now; this goes to the former one.
    AddressChanged {
        /// Where one renews one's password.
        link: String,
    },
    /// A link by which a new password is set.
    Renew {
        /// The link.
        link: String,
    },
    /// The login has a new password.
    PasswordChanged {
        /// Where one renews it.
        link: String,
    },
    /// The login has another passkey, or one less.
    Passkey {
        /// What it is called.
        name: String,
        /// Whether it was added.
        is_new: bool,
        /// Where one renews one's password.
        link: String,
    },
    /// The login is linked with somebody whom the provider knows, or no more.
    Identity {
        /// What they are called there.
        name: String,
        /// Whether it is.
        is_new: bool,
        /// Where one renews one's password.
        link: String,
    },
    /// Signing in takes a second step from now on, or no more.
    SecondStep {
        /// Whether it does.
        is_on: bool,
        /// Where one renews one's password.
        link: String,
    },
    /// Somebody waits to be taken in, and this person decides.
    Waiting {
        /// Who waits.
        newcomer: String,
        /// Why they want to be taken in.
        reason: String,
        /// Where that is decided.
        link: String,
    },
    /// They were taken in.
    TakenIn {
        /// Where one signs in.
        link: String,
    },
    /// The team of a group decided something that concerns them.
    Stated {
        /// The group; none, if it holds on this whole server.
        group: Option<String>,
        /// Where they read what, why, and how to appeal.
        link: String,
    },
    /// Somebody looked again at what was decided about them.
    Decided {
        /// Whether it is undone.
        granted: bool,
        /// Why.
        answer: String,
        /// Where they read it all.
        link: String,
    },
    /// They were not taken in.
    TurnedAway {
        /// Why not.
        reason: String,
    },
    /// What was talked about in their communities while they were away.
    Digest(digests::Told),
    /// What they were told of which they want to hear at once.
    Notices(mailings::News),
}

/// A letter to be written. It holds no secret: a link is made when its letter is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Errand {
    /// To the address that a login wants.
    Confirm(i64),
    /// To whoever has this address, if anybody does.
    Renew(String),
    PasswordChanged(i64),
    AddressChanged(i64, String),
    /// One that is called so was added, or taken away.
    Passkey(i64, String, bool),
    /// It was linked with whom the provider calls so, or is no more.
    Identity(i64, String, bool),
    /// The second step was turned on, or off.
    SecondStep(i64, bool),
    Waiting {
        admin: i64,
        newcomer: i64,
    },
    TakenIn(i64),
    Statement(i64),
    /// What was decided about an appeal against the statement with this number.
    Decided(i64),
    TurnedAway(i64, String),
    /// What was talked about since a moment.
    Digest(i64, i64),
    /// What somebody was told after the notice with this number.
    Notices(i64, i64),
}

impl Tx<'_, '_> {
    /// Lets a letter be written.
    pub(crate) fn mail(&mut self, errand: &Errand) -> Result<()> {
        self.mail_in(errand, Duration::ZERO)
    }

    /// Lets a letter be written after some time.
    pub(crate) fn mail_in(&mut self, errand: &Errand, after: Duration) -> Result<()> {
        let subject = serde_json::to_string(errand).map_err(Error::internal)?;
        self.push_job(SEND, &subject, after)
    }

    /// Whether a letter is still to be written.
    pub(crate) fn is_mailing(&mut self, errand: &Errand) -> Result<bool> {
        let subject = serde_json::to_string(errand).map_err(Error::internal)?;
        Ok(store::jobs::is_planned(self, SEND, &subject)? || store::jobs::is_planned(self, LATER, &subject)?)
    }

    /// Counts a letter that somebody asks for to an address: as many as are good for whoever reads there.
    pub(crate) fn count_letter(&mut self, address: &str) -> Result<()> {
        limits::count(self, Deed::Letter, address)
    }
}

/// Writes a letter and sends it, if it need not wait for the end of quiet hours.
pub(crate) fn send(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        if !app
            .write({
                let subject = subject.clone();
                move |tx| put_off(tx, &subject)
            })
            .await?
        {
            send_later(app, subject).await?;
        }
        Ok(())
    })
}

fn read(subject: &str) -> Result<Errand> {
    serde_json::from_str(subject).map_err(|error| Error::Invalid(format!("{subject}: {error}")))
}

/// Whether a letter has to wait, which it then does.
fn put_off(tx: &mut Tx<'_, '_>, subject: &str) -> Result<bool> {
    let Some(person) = in_no_hurry(tx, &read(subject)?)? else { return Ok(false) };
    let Some((_, until)) = quiet_hours::around(tx, person)? else { return Ok(false) };
    let now = tx.now();
    tx.push_job(LATER, subject, until.since(now))?;
    Ok(true)
}

/// For whom a letter is that nobody waits for; what somebody asked for or has to know at once is in a hurry.
fn in_no_hurry(tx: &mut Tx<'_, '_>, errand: &Errand) -> Result<Option<ActorId>> {
    Ok(match errand {
        Errand::Waiting { admin: person, .. }
        | Errand::Digest(person, _)
        | Errand::Notices(person, _)
        | Errand::TakenIn(person) => Some(ActorId(*person)),
        Errand::Statement(id) | Errand::Decided(id) => {
            store::statements::by_id(tx, StatementId(*id))?.map(|statement| statement.person)
        }
        Errand::Confirm(_)
        | Errand::Renew(_)
        | Errand::PasswordChanged(_)
        | Errand::AddressChanged(..)
        | Errand::Passkey(..)
        | Errand::SecondStep(..)
        | Errand::Identity(..)
        | Errand::TurnedAway(..) => None,
    })
}

/// Writes a letter and sends it; without a mail server it stands in the log.
pub(crate) fn send_later(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let errand = read(&subject)?;
        let Some(letter) = app.write(move |tx| write(tx, &errand)).await? else { return Ok(()) };
        let Some(mailer) = app.mailer() else {
            tracing::info!(to = letter.to, about = ?letter.about, "there is no mail server: this letter is not sent");
            return Ok(());
        };
        mailer.send(&Letter { words: app.sentences().words(), ..letter }).await
    })
}

/// The letter as things are now; none, if there is no reason for it any more.
fn write(tx: &mut Tx<'_, '_>, errand: &Errand) -> Result<Option<Letter>> {
    match errand {
        Errand::Confirm(id) => {
            let Some((account, actor)) = login(tx, *id)? else { return Ok(None) };
            let Some(address) = account.wanted_email.clone() else { return Ok(None) };
            let about = if store::accounts::by_email(tx, &address)?.is_some() {
                About::AddressTaken { link: tx.site().page(path::LOGIN) }
            } else {
                let link = ticket(tx, &account, CONFIRM, &address)?;
                if account.confirmed.is_some() { About::NewAddress { link } } else { About::Confirm { link } }
            };
            letter(tx, &account, &actor, address, about).map(Some)
        }
        Errand::Renew(address) => {
            let Some(account) = store::accounts::by_email(tx, address)? else { return Ok(None) };
            let Some((account, actor)) = login(tx, account.id)? else { return Ok(None) };
            let link = ticket(tx, &account, RENEW, address)?;
            letter(tx, &account, &actor, address.clone(), About::Renew { link }).map(Some)
        }
        Errand::AddressChanged(id, former) => {
            let Some((account, actor)) = login(tx, *id)? else { return Ok(None) };
            let link = tx.site().page(path::RECOVER);
            letter(tx, &account, &actor, former.clone(), About::AddressChanged { link }).map(Some)
        }
        Errand::Waiting { admin, newcomer } => {
            let (admin, newcomer) = (login(tx, *admin)?, login(tx, *newcomer)?);
            let (Some((account, actor)), Some((waiting, who))) = (admin, newcomer) else { return Ok(None) };
            if waiting.approved.is_some() {
                return Ok(None);
            }
            let link = tx.site().page(path::ADMIN_PEOPLE);
            let reason = plain::cut(&waiting.reason, 500);
            let about = About::Waiting { newcomer: who.name, reason, link };
            letter(tx, &account, &actor, account.email.clone(), about).map(Some)
        }
        Errand::PasswordChanged(id) => {
            let about = About::PasswordChanged { link: tx.site().page(path::RECOVER) };
            known(tx, *id, about)
        }
        Errand::Passkey(id, name, is_new) => {
            let link = tx.site().page(path::RECOVER);
            known(tx, *id, About::Passkey { name: name.clone(), is_new: *is_new, link })
        }
        Errand::Identity(id, name, is_new) => {
            let link = tx.site().page(path::RECOVER);
            known(tx, *id, About::Identity { name: name.clone(), is_new: *is_new, link })
        }
        Errand::SecondStep(id, is_on) => {
            let link = tx.site().page(path::RECOVER);
            known(tx, *id, About::SecondStep { is_on: *is_on, link })
        }
        Errand::TakenIn(id) => {
            // Whoever came for a community that asks questions goes on there.
            let link = tx.site().page(&urls::asking(path::LOGIN, &[("back", path::WAITING)]));
            let about = About::TakenIn { link };
            known(tx, *id, about)
        }
        Errand::Digest(id, since) => {
            let Some((account, actor)) = login(tx, *id)?.filter(|(account, _)| account.is_ready()) else {
                return Ok(None);
            };
            let told = digests::told(tx, actor.id, Timestamp(*since))?;
            told.map(|told| letter(tx, &account, &actor, account.email.clone(), About::Digest(told))).transpose()
        }
        Errand::Notices(id, after) => {
            let Some((account, actor)) = login(tx, *id)?.filter(|(account, _)| account.is_ready()) else {
                return Ok(None);
            };
            let news = mailings::told(tx, actor.id, *after)?;
            news.map(|news| letter(tx, &account, &actor, account.email.clone(), About::Notices(news))).transpose()
        }
        Errand::Statement(id) => {
            let Some(statement) = store::statements::by_id(tx, StatementId(*id))? else { return Ok(None) };
            let Some(group) = store::actors::by_id(tx, statement.group)? else { return Ok(None) };
            let link = statements::link(tx, statement.id)?;
            let group = (!statement.sanction.is_everywhere()).then_some(group.title);
            known(tx, statement.person.0, About::Stated { group, link })
        }
        Errand::Decided(id) => {
            let id = StatementId(*id);
            let Some(statement) = store::statements::by_id(tx, id)? else { return Ok(None) };
            let appeal = store::statements::appeals(tx, &[id])?.pop();
            let Some(decision) = appeal.and_then(|appeal| appeal.decision) else { return Ok(None) };
            let link = statements::link(tx, id)?;
            let about = About::Decided { granted: decision.granted, answer: decision.answer, link };
            known(tx, statement.person.0, about)
        }
        Errand::TurnedAway(id, reason) => known(tx, *id, About::TurnedAway { reason: reason.clone() }),
    }
}

/// A letter to the confirmed address of a login, open or closed.
fn known(tx: &mut Tx<'_, '_>, id: i64, about: About) -> Result<Option<Letter>> {
    let account = store::accounts::by_id(tx, ActorId(id))?.filter(|account| account.confirmed.is_some());
    let actor = store::actors::by_id(tx, ActorId(id))?;
    let (Some(account), Some(actor)) = (account, actor) else { return Ok(None) };
    letter(tx, &account, &actor, account.email.clone(), about).map(Some)
}

/// A login that is not closed, with its person.
fn login(tx: &mut Tx<'_, '_>, id: i64) -> Result<Option<(Account, Actor)>> {
    let account = store::accounts::by_id(tx, ActorId(id))?.filter(|account| account.disabled.is_none());
    let actor = store::actors::by_id(tx, ActorId(id))?;
    Ok(account.zip(actor))
}

fn letter(tx: &mut Tx<'_, '_>, account: &Account, actor: &Actor, to: String, about: About) -> Result<Letter> {
    let (name, language, now) = (actor.name.clone(), tx.config().spoken(&account.language).to_owned(), tx.now());
    let closing = imprint::read(tx, Kind::Letter, &language, now)?;
    let closing = closing.map(|text| text.body).unwrap_or_default();
    let site = tx.site().clone();
    let site = nameplate::read(tx, &site)?.name;
    Ok(Letter { to, name, language, words: Words::default(), site, closing, about })
}

/// A new link that is good for one thing, once. The links of earlier letters stay good as long as they last.
fn ticket(tx: &mut Tx<'_, '_>, account: &Account, kind: &str, address: &str) -> Result<String> {
    let secret = random::secret()?;
    let (page, lasts) = if kind == RENEW { (path::RENEW, RENEW_LASTS) } else { (path::CONFIRM, CONFIRM_LASTS) };
    let ticket = Ticket {
        hash: random::fingerprint(&secret),
        account_id: account.id,
        kind: kind.to_owned(),
        email: address.to_owned(),
        expires: (tx.now() + lasts).0,
    };
    store::tickets::insert(tx, &ticket)?;
    Ok(with_query(&tx.site().page(page), &[("token", &secret)]))
}
