//! What keeps from signing up: networks, hosts of mail, single mailboxes. Whoever has a login already is not concerned.
use std::net::IpAddr;

use domain::{
    bar::{self, Bar, Kind, Severity},
    host::Host,
    id::BarId,
    text::plain,
    time::Timestamp,
};
use ipnet::IpNet;
use store::{Conn, timelines::Window};

use crate::{App, Error, Event, House, Me, Part, Result, Tx, random, rules};

/// The longest comment, in characters.
const COMMENT: usize = 1_000;

/// Whom somebody wants to keep out.
#[derive(Debug, Clone)]
pub struct NewBar {
    /// By what they are known.
    pub kind: Kind,
    /// A network, a host, or a mail address or its digest.
    pub subject: String,
    /// How far they are kept.
    pub severity: Severity,
    /// Why, for admins.
    pub comment: String,
    /// Until when.
    pub expires: Option<Timestamp>,
}

/// A network as it is written: an address is one of a single machine.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|network| network.trunc())
}

/// The digest of a mailbox.
pub fn digest(email: &str) -> Option<String> {
    bar::canonical(email).map(|email| random::fingerprint(&email))
}

/// What a bar is about, in the one spelling that is kept.
fn subject(kind: Kind, text: &str) -> Result<String> {
    let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let found = match kind {
        Kind::Network => network(text).map(|network| network.to_string()),
        Kind::MailHost => Host::parse(text.trim()).map(|host| host.to_string()),
        Kind::Mailbox if is_digest(text) => Some(text.to_lowercase()),
        Kind::Mailbox => digest(text),
    };
    found.ok_or_else(|| Error::Invalid("nobody is known by that".into()))
}

/// A part of the bars of a kind, the newest first; for admins.
pub async fn list(app: &App, me: Me, kind: Kind, window: Window) -> Result<Vec<Bar>> {
    rules::read_as_admin(app, me, move |c| store::bars::page(c, kind, window)).await
}

/// One bar; for admins.
pub async fn show(app: &App, me: Me, kind: Kind, id: BarId) -> Result<Bar> {
    rules::read_as_admin(app, me, move |c| store::bars::by_id(c, kind, id)).await?.ok_or(Error::NotFound)
}

/// The bar that a mail address would meet for itself; for admins.
pub async fn about_mailbox(app: &App, me: Me, email: &str) -> Result<Option<Bar>> {
    let digest = subject(Kind::Mailbox, email)?;
    rules::read_as_admin(app, me, move |c| store::bars::about(c, Kind::Mailbox, &digest)).await
}

/// Keeps somebody out.
pub async fn add(app: &App, me: Me, new: NewBar) -> Result<Bar> {
    let about = subject(new.kind, &new.subject)?;
    let comment = plain::line(&new.comment, COMMENT);
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let (id, created) = (tx.new_id(), tx.now());
        let NewBar { kind, severity, expires, .. } = new;
        let bar = Bar { id, kind, subject: about.clone(), severity, comment: comment.clone(), created, expires };
        if !store::bars::insert(tx, &bar)? {
            return Err(Error::Conflict("they are kept out already".into()));
        }
        changed(tx, me, &bar);
        Ok(bar)
    })
    .await
}

/// Says anew how far a bar keeps, why and until when; `None` leaves it as it is, and of the end, as it was.
pub async fn change(
    app: &App,
    me: Me,
    (kind, id): (Kind, BarId),
    severity: Option<Severity>,
    comment: Option<String>,
    expires: Option<Option<Timestamp>>,
) -> Result<Bar> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let was = store::bars::by_id(tx, kind, id)?.ok_or(Error::NotFound)?;
        let bar = Bar {
            severity: severity.unwrap_or(was.severity),
            comment: comment.as_ref().map_or(was.comment, |comment| plain::line(comment, COMMENT)),
            expires: expires.unwrap_or(was.expires),
            ..was
        };
        store::bars::update(tx, &bar)?;
        changed(tx, me, &bar);
        Ok(bar)
    })
    .await
}

/// Keeps them out no more.
pub async fn remove(app: &App, me: Me, kind: Kind, id: BarId) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let bar = store::bars::by_id(tx, kind, id)?.ok_or(Error::NotFound)?;
        store::bars::remove(tx, kind, id)?;
        changed(tx, me, &bar);
        Ok(())
    })
    .await
}

/// The log names networks and hosts; of a mailbox there is only a digest.
fn changed(tx: &mut Tx<'_, '_>, me: Me, bar: &Bar) {
    let about = if bar.kind == Kind::Mailbox { String::new() } else { bar.subject.clone() };
    tx.emit(Event::House(House::Changed { by: me.0, what: Part::Bars, about }));
}

/// How far somebody with this mail address is kept out.
pub(crate) fn is_mail_barred(conn: &mut Conn, email: &str) -> store::Result<bool> {
    let digests: Vec<String> = digest(email).into_iter().collect();
    Ok(store::bars::any(conn, Kind::MailHost, &bar::mail_hosts(email))?
        || store::bars::any(conn, Kind::Mailbox, &digests)?)
}

/// How far somebody from this address is kept out.
pub(crate) fn severity_at(conn: &mut Conn, address: IpAddr, now: Timestamp) -> store::Result<Option<Severity>> {
    let address = address.to_canonical();
    let about = |bar: &Bar| network(&bar.subject).is_some_and(|network| network.contains(&address));
    Ok(store::bars::networks(conn, now)?.iter().filter(|bar| about(bar)).map(|bar| bar.severity).max())
}
