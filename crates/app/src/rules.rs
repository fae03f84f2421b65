//! Which servers we deal with: the rules at hand for whoever asks, and how they are made and ended.
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::{
    group::Standing,
    host::Host,
    id::PeerId,
    policy,
    rule::{Openness, Regard, Rulebook, Ruling},
    severance::Cut,
    time::span,
    urls::Site,
};
use futures_util::future::BoxFuture;
use store::{
    Conn,
    rules::{Reach, Rule},
};

use crate::{App, Error, Event, House, Me, Result, Tx, groups, severances, tasks};

/// The job that cuts all ties with a suspended server; its subject is the number of the server.
pub(crate) const SEVER: &str = "sever";

/// How often the rules are read again: other processes change them, too.
const LOOK: Duration = span::seconds(5);

/// The longest comment, in characters.
pub const COMMENT: usize = 1_000;

/// The rules at hand: asked without a query. A clone is the same book.
#[derive(Debug, Clone, Default)]
pub struct Rules(Arc<RwLock<Arc<Rulebook>>>);

impl Rules {
    /// What the server of a URL is to us.
    pub fn regard(&self, url: &str) -> Regard {
        // What has no host cannot be asked or believed anyway.
        Host::of(url).map_or(Regard::Welcome, |host| self.book().regard(&host))
    }

    /// Whether we have nothing to do with the server of a URL.
    pub fn suspend(&self, url: &str) -> bool {
        self.regard(url) == Regard::Suspended
    }

    /// The rules as they are now.
    pub(crate) fn book(&self) -> Arc<Rulebook> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, book: Rulebook) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
    }
}

/// The rules that are written down, and that we deal with ourselves.
fn read(conn: &mut Conn, openness: Openness, site: &Site) -> store::Result<Rulebook> {
    let rules = store::rules::all(conn)?.into_iter().map(|rule| (rule.host, rule.ruling));
    let own = site.hosts().into_iter().map(|host| (host, Ruling::Allow));
    Ok(Rulebook::new(openness, rules.chain(own)))
}

/// Reads the rules, as other processes may have changed them.
pub async fn load(app: &App) -> Result<()> {
    let (openness, site) = (app.config().federation, app.site().clone());
    let book = app.read(move |c| read(c, openness, &site)).await?;
    app.rules().replace(book);
    Ok(())
}

/// Reads the rules now and then, until the program stops; before that, sees to what changed while it did not run.
pub async fn keep_up(app: App) {
    if let Err(error) = revise(&app, |_tx| Ok(())).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot apply the rules about servers");
    }
    tasks::now_and_then(app, LOOK, "cannot read the rules about servers", |app| {
        Box::pin(async move { load(&app).await })
    })
    .await;
}

/// A rule as somebody wants it.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// The host.
    pub host: Host,
    /// What it says.
    pub ruling: Ruling,
    /// Why, for everybody.
    pub public_comment: String,
    /// Why, for those who administer this server.
    pub private_comment: String,
}

/// All rules, by host; for admins.
pub async fn list(app: &App, me: Me) -> Result<Vec<Rule>> {
    read_as_admin(app, me, store::rules::all).await
}

/// Makes a rule about a server and all below it, in place of the one there was.
pub async fn set(app: &App, me: Me, new: NewRule) -> Result<()> {
    set_all(app, me, vec![new]).await
}

/// Makes many rules, or none of them if one cannot be made.
pub async fn set_all(app: &App, me: Me, new: Vec<NewRule>) -> Result<()> {
    for rule in &new {
        if rule.ruling != Ruling::Allow && is_about_us(app, &rule.host) {
            return Err(Error::Invalid("this rule would be about this server itself".into()));
        }
        if [&rule.public_comment, &rule.private_comment].iter().any(|comment| comment.chars().count() > COMMENT) {
            return Err(Error::Invalid(format!("a comment has at most {COMMENT} characters")));
        }
    }
    let new: Vec<NewRule> = new.into_iter().map(|rule| NewRule { host: subject(app, &rule.host), ..rule }).collect();
    revise(app, move |tx| {
        may_administer(tx, me)?;
        let since = tx.now();
        for NewRule { host, ruling, public_comment, private_comment } in new.clone() {
            let reason = public_comment.clone();
            let rule = Rule { host: host.clone(), ruling, public_comment, private_comment, since, by: me.0 };
            store::rules::set(tx, &rule)?;
            tx.emit(Event::House(House::Ruled { host, ruling: Some(ruling), by: me.0, reason }));
        }
        Ok(())
    })
    .await
}

/// Whether a rule about a host would be about this server itself.
pub fn is_about_us(app: &App, host: &Host) -> bool {
    let host = subject(app, host);
    app.site().hosts().iter().any(|own| host.covers(own))
}

/// Ends the rule about a server.
pub async fn lift(app: &App, me: Me, host: &Host) -> Result<()> {
    let host = subject(app, host);
    revise(app, move |tx| {
        may_administer(tx, me)?;
        if !store::rules::remove(tx, &host)? {
            return Err(Error::NotFound);
        }
        tx.emit(Event::House(House::Ruled { host: host.clone(), ruling: None, by: me.0, reason: String::new() }));
        Ok(())
    })
    .await
}

/// Whom rules about these hosts would concern; for admins.
pub async fn reach(app: &App, me: Me, hosts: &[Host]) -> Result<Reach> {
    let hosts: Vec<Host> = hosts.iter().map(|host| subject(app, host)).collect();
    read_as_admin(app, me, move |c| {
        let below = |name: &String| Host::parse(name).is_some_and(|peer| hosts.iter().any(|host| host.covers(&peer)));
        let peers = store::peers::regards(c)?.into_iter().filter(|(_, name, _)| below(name)).map(|(id, ..)| id);
        let peers: Vec<PeerId> = peers.collect();
        store::rules::reach(c, &peers)
    })
    .await
}

/// What a rule is about: ports are nobody's own, except among servers under development.
fn subject(app: &App, host: &Host) -> Host {
    if app.site().is_development() { host.clone() } else { host.without_port() }
}

/// What somebody is to the whole server: admins may, and whoever holds the server itself in hands.
pub(crate) fn standing(tx: &mut Tx<'_, '_>, me: Me) -> Result<Standing> {
    let instance = tx.site().instance(tx.site().host());
    Ok(standing_by(tx, &instance, me)?)
}

fn standing_by(conn: &mut Conn, instance: &str, me: Me) -> store::Result<Standing> {
    let operator = store::actors::by_uri(conn, instance)?.is_some_and(|actor| actor.id == me.0);
    let standing = groups::regard_at_large(conn, me.0)?;
    Ok(Standing { admin: standing.admin || operator, ..standing })
}

/// Runs a query whose answer is for those who administer this server.
pub(crate) async fn read_as_admin<T: Send + 'static>(
    app: &App,
    me: Me,
    f: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
) -> Result<T> {
    let instance = app.site().instance(app.site().host());
    let found = app.read(move |c| match policy::administer(&standing_by(c, &instance, me)?) {
        Ok(()) => f(c).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    });
    Ok(found.await??)
}

pub(crate) fn may_administer(tx: &mut Tx<'_, '_>, me: Me) -> Result<()> {
    let standing = standing(tx, me)?;
    Ok(policy::administer(&standing)?)
}

/// Changes rules, and what they make of every server we know.
async fn revise(app: &App, change: impl Fn(&mut Tx<'_, '_>) -> Result<()> + Send + 'static) -> Result<()> {
    let (openness, site) = (app.config().federation, app.site().clone());
    let book = app
        .write(move |tx| {
            change(tx)?;
            let book = read(tx, openness, &site)?;
            for (peer, name, was) in store::peers::regards(tx)? {
                let regard = Host::parse(&name).map_or(was, |host| book.regard(&host));
                if regard == was {
                    continue;
                }
                store::peers::set_regard(tx, peer, regard)?;
                // What they wrote is not shown from now on, or is again.
                store::suspensions::set_server(tx, peer, regard == Regard::Suspended)?;
                if regard == Regard::Suspended {
                    tx.push_job(SEVER, &peer.to_string(), Duration::ZERO)?;
                }
            }
            Ok(book)
        })
        .await?;
    app.rules().replace(book);
    Ok(())
}

/// Ends all follows from and to the people of a suspended server and their memberships here, and forgets what was to be sent to it. Nobody there
/// is told: we have nothing to do with it.
pub(crate) fn sever(app: App, subject: String) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let Ok(peer) = subject.parse().map(PeerId) else { return Ok(()) };
        // Maybe another process made the rule.
        load(&app).await?;
        app.write(move |tx| {
            if let Some(known) = store::peers::by_id(tx, peer)?.filter(|peer| peer.regard == Regard::Suspended) {
                let ties = store::severances::ties_to_peer(tx, peer)?;
                severances::record(tx, Cut::Server, &known.host, ties)?;
                store::deliveries::forget_peer(tx, peer)?;
                store::follows::remove_peer(tx, peer)?;
                store::groups::remove_memberships_at(tx, peer)?;
                store::sessions::remove_at(tx, peer)?;
                tx.emit(Event::Severed(peer));
            }
            Ok(())
        })
        .await
    })
}
