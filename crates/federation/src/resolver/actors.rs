//! Finding actors, by id and by handle, and learning what their documents say.
use app::{
    App, Error,
    actors::{Found, REFRESH},
    suspensions,
};
use domain::{
    actor::{Actor, ActorKind},
    handle::Handle,
    host::{Host, same_origin},
    id::{ActorId, PeerId},
    pulse,
    time::{Timestamp, span},
};
use serde_json::Value;

use super::{Budget, FRESH, FederationResolver, Miss, canonical, fetch::not_suspended};
use crate::parse::{self, FoundActor, Staff, shape};

/// How many moderators of a group elsewhere count, and how many of them are looked up at once.
const STAFF: usize = 100;
const STRANGERS: usize = 10;

/// Since when somebody is there whose document does not say it: since they were first heard of. A group that may be old is at
/// least not called new.
fn first_heard(kind: ActorKind, now: Timestamp) -> Timestamp {
    if kind == ActorKind::Group { now - pulse::MONTH } else { now }
}

impl FederationResolver {
    /// The actor with this id: known, or fetched now. What is known for long is fetched again, later.
    pub(crate) async fn find_actor(&self, app: &App, uri: &str, budget: &Budget) -> Result<Actor, Miss> {
        let uri = canonical(app.site(), uri);
        not_suspended(app, &uri)?;
        if let Some(actor) = known(app, &uri).await? {
            return self.considered(app, actor).await;
        }
        if app.site().parse(&uri).is_some() {
            return Err(Miss::NotFound);
        }
        let _alone = self.alone(&uri).await;
        if let Some(actor) = known(app, &uri).await? {
            return self.considered(app, actor).await;
        }
        let id = self.refresh(app, &uri, budget).await?;
        app.read(move |c| store::actors::by_id(c, id)).await?.ok_or(Miss::NotFound)
    }

    /// An actor that was known already.
    async fn considered(&self, app: &App, actor: Actor) -> Result<Actor, Miss> {
        if actor.deleted.is_some() {
            return Err(Miss::Gone);
        }
        if actor.suspended {
            self.look_for_return(app, &actor).await?;
            return Err(Miss::useless("this actor is suspended"));
        }
        if !actor.is_local() && actor.updated + FRESH < app.now() {
            self.look_later(app, &actor.uri).await?;
        }
        Ok(actor)
    }

    /// Reads the document of an actor again soon, unless that was done not long ago.
    async fn look_later(&self, app: &App, uri: &str) -> Result<(), Error> {
        if self.is_due(app, REFRESH, uri, span::hours(1)) {
            app::jobs::push(app, REFRESH, uri.to_owned()).await?;
        }
        Ok(())
    }

    /// Asks the server of somebody whom it suspended whether it still does: that it is over may not have been told.
    pub(crate) async fn look_for_return(&self, app: &App, actor: &Actor) -> Result<(), Error> {
        let id = actor.id;
        let why = app.read(move |c| store::suspensions::of(c, id)).await?;
        if why.is_some_and(|why| !why.is_ours()) { self.look_later(app, &actor.uri).await } else { Ok(()) }
    }

    /// Fetches the document of an actor elsewhere, known or not.
    pub(crate) async fn refresh(&self, app: &App, uri: &str, budget: &Budget) -> Result<ActorId, Miss> {
        Ok(self.look_again(app, uri, budget).await?.0)
    }

    /// The same, with the other ids by which the actor says that it is known.
    pub(crate) async fn look_again(
        &self,
        app: &App,
        uri: &str,
        budget: &Budget,
    ) -> Result<(ActorId, Vec<String>), Miss> {
        let document = match self.document(app, uri, budget).await {
            Err(Miss::Gone) => {
                // It said nothing of a deletion: it may be there again.
                if let Some(actor) = known(app, uri).await?.filter(|actor| !actor.is_local()) {
                    suspensions::receive(app, actor.id, true).await?;
                }
                return Err(Miss::Gone);
            }
            document => document?,
        };
        let mut found = parse::actor(&document)?;
        let aliases = std::mem::take(&mut found.also_known_as);
        Ok((self.learn(app, found, None, budget).await?, aliases))
    }

    /// Stores what the document of an actor says; `confirmed` is a handle that WebFinger already led from and to.
    pub(crate) async fn learn(
        &self,
        app: &App,
        found: FoundActor,
        confirmed: Option<Handle>,
        budget: &Budget,
    ) -> Result<ActorId, Miss> {
        let host = Host::of(&found.uri).ok_or_else(|| Miss::useless("an actor needs a host"))?;
        let ours = |url: &str| app.site().parse(url).is_some();
        if ours(&found.uri) || ours(&found.inbox) {
            return Err(Miss::useless("this actor claims to be of this server"));
        }
        let before = known(app, &found.uri).await?;
        if before.as_ref().is_some_and(|before| before.deleted.is_some()) {
            return Err(Miss::Gone);
        }
        if let Some(before) = before.as_ref().filter(|_| found.suspended) {
            // What is left out now is not gone.
            suspensions::receive(app, before.id, true).await?;
            return Ok(before.id);
        }
        let (handle, staff, described) = futures_util::join!(
            self.handle_of(app, &found, before.as_ref(), confirmed, budget),
            self.staff(app, &found, budget),
            self.describe_peer(app, &host, budget),
        );
        described?;
        if found.understands_rfc9421 {
            self.suppose_rfc9421(app, &found.uri).await?;
        }
        if let Some(before) = &before {
            self.forget_keys_of(app, before.id).await?;
        }
        for key in &found.keys {
            self.forget_key(&key.uri);
        }
        let now = app.now();
        let (name, host) = handle;
        let actor = Actor {
            id: ActorId(0),
            kind: found.kind,
            uri: found.uri,
            name,
            host: host.to_string(),
            peer: Some(PeerId(0)),
            title: found.title,
            summary: found.summary,
            url: found.url,
            icon: found.icon,
            image: found.image,
            inbox: found.inbox,
            shared_inbox: found.shared_inbox.filter(|inbox| !ours(inbox)),
            followers: found.followers,
            approves_followers: found.approves_followers,
            discoverable: found.discoverable,
            indexable: found.indexable,
            fields: found.fields,
            hides_circle: false,
            silenced: false,
            veiled: false,
            created: found.created.unwrap_or_else(|| first_heard(found.kind, now)).min(now),
            updated: now,
            deleted: None,
            suspended: false,
        };
        let (keys, rules, emoji, suspended) = (found.keys, found.rules, found.emoji, found.suspended);
        let found = Found { actor, keys, rules, staff, emoji, suspended };
        Ok(app::actors::learn(app, found).await?)
    }

    /// The handle of an actor: another host's only if that host and the actor's own agree on it.
    async fn handle_of(
        &self,
        app: &App,
        found: &FoundActor,
        before: Option<&Actor>,
        confirmed: Option<Handle>,
        budget: &Budget,
    ) -> (String, Host) {
        let own = Host::of(&found.uri);
        let Some(own) = own else { return (found.name.clone(), app.site().host().clone()) };
        if let Some(Handle { name, host: Some(host) }) = confirmed {
            return (name, host);
        }
        let before = before.and_then(|before| Some((before, Host::parse(&before.host)?)));
        if let Some((before, host)) = before
            && host != own
            && before.name.eq_ignore_ascii_case(&found.name)
        {
            return (found.name.clone(), host);
        }
        let plain = Handle { name: found.name.clone(), host: Some(own.clone()) };
        let claimed = match &found.claims {
            Some(claims) => claims.clone(),
            // Whether a server speaks for another host is asked once a day, not once an actor.
            None if found.kind == ActorKind::Application || !self.is_due(app, "handles", own.as_str(), FRESH) => {
                return (found.name.clone(), own);
            }
            None => match self.webfinger(app, &own, &plain, budget).await {
                Ok(answer) if answer.uri == found.uri => answer.subject.unwrap_or_else(|| plain.clone()),
                _ => plain.clone(),
            },
        };
        let elsewhere = claimed.host.as_ref().is_some_and(|host| *host != own && !app.site().serves(host));
        let same_name = claimed.name.eq_ignore_ascii_case(&found.name);
        if !elsewhere || !same_name {
            return (found.name.clone(), own);
        }
        // The host of this one speaks for others, so the next actor there is asked about, too.
        self.0.recent.invalidate(&("handles", own.to_string()));
        match (self.vouches(app, &claimed, &found.uri, budget).await, claimed.host) {
            (true, Some(host)) => (found.name.clone(), host),
            _ => (found.name.clone(), own),
        }
    }

    /// Whether the host of a handle says that it belongs to the actor `uri`.
    async fn vouches(&self, app: &App, handle: &Handle, uri: &str, budget: &Budget) -> bool {
        let Some(host) = &handle.host else { return false };
        let answer = self.webfinger(app, host, handle, budget).await;
        answer.is_ok_and(|answer| {
            let same = |subject: Handle| subject.folded() == handle.folded();
            answer.uri == uri && answer.subject.is_none_or(same)
        })
    }

    /// The actor with this handle.
    pub(super) async fn find_handle(
        &self,
        app: &App,
        name: &str,
        host: &str,
        budget: &Budget,
    ) -> Result<ActorId, Miss> {
        let asked = Handle::parse(&format!("{name}@{host}")).ok_or(Miss::NotFound)?;
        let Some(host) = asked.host.clone() else { return Err(Miss::NotFound) };
        let (lookup, at) = (asked.clone().localized(app.site().host()).name, host.to_string());
        let found = app.read(move |c| store::actors::by_handle(c, &lookup, &at)).await?;
        if let Some(actor) = found.filter(|actor| actor.deleted.is_none()) {
            return Ok(self.considered(app, actor).await?.id);
        }
        if app.site().serves(&host) {
            return Err(Miss::NotFound);
        }
        let answer = self.webfinger(app, &host, &asked, budget).await?;
        if let Some(actor) =
            known(app, &answer.uri).await?.filter(|actor| actor.handle().to_lowercase() == asked.folded())
        {
            return Ok(self.considered(app, actor).await?.id);
        }
        let document = self.document(app, &answer.uri, budget).await?;
        let found = parse::actor(&document)?;
        if found.uri != answer.uri {
            return Err(Miss::useless("the handle leads to another actor"));
        }
        let confirmed = self.confirmed(app, &asked, answer.subject, &found, budget).await;
        self.learn(app, found, confirmed, budget).await
    }

    /// The handle that both its own host and the actor's host confirm. The host that was asked speaks for its own
    /// handles; if the actor lives elsewhere, that server must know the handle, too.
    async fn confirmed(
        &self,
        app: &App,
        asked: &Handle,
        subject: Option<Handle>,
        found: &FoundActor,
        budget: &Budget,
    ) -> Option<Handle> {
        let claimed = subject.unwrap_or_else(|| asked.clone());
        let (host, own) = (claimed.host.clone()?, Host::of(&found.uri)?);
        if !claimed.name.eq_ignore_ascii_case(&found.name) || app.site().serves(&host) {
            return None;
        }
        let proper = Handle { name: found.name.clone(), host: Some(host.clone()) };
        if host == own {
            return Some(proper);
        }
        if claimed.folded() != asked.folded() && !self.vouches(app, &claimed, &found.uri, budget).await {
            return None;
        }
        let plain = Handle { name: found.name.clone(), host: Some(own.clone()) };
        let answer = self.webfinger(app, &own, &plain, budget).await.ok()?;
        let agreed =
            answer.uri == found.uri && answer.subject.is_some_and(|subject| subject.folded() == proper.folded());
        agreed.then_some(proper)
    }

    /// Who keeps order in a group, as far as they can be known; `None` when that cannot be told.
    async fn staff(&self, app: &App, found: &FoundActor, budget: &Budget) -> Option<Vec<ActorId>> {
        let uris = match &found.staff {
            Staff::Unsaid => return None,
            Staff::Named(people) => people.clone(),
            Staff::Listed(list) => self.members_of(app, list, &found.uri, budget).await.ok()?,
        };
        let uris: Vec<String> = uris.iter().take(STAFF).map(|uri| canonical(app.site(), uri)).collect();
        let wanted = uris.clone();
        let mut known = app.read(move |c| store::actors::by_uris(c, &wanted)).await.ok()?;
        let strangers: Vec<&String> = uris.iter().filter(|uri| known.iter().all(|actor| actor.uri != **uri)).collect();
        for uri in strangers.into_iter().take(STRANGERS) {
            known.extend(self.stranger(app, uri, budget).await);
        }
        Some(known.into_iter().filter(|actor| !actor.is_group()).map(|actor| actor.id).collect())
    }

    /// Somebody who was not known; if it is a group, without asking who keeps order there.
    async fn stranger(&self, app: &App, uri: &str, budget: &Budget) -> Option<Actor> {
        let document = self.document(app, uri, budget).await.ok()?;
        let found = FoundActor { staff: Staff::Unsaid, ..parse::actor(&document).ok()? };
        let id = Box::pin(self.learn(app, found, None, budget)).await.ok()?;
        app.read(move |c| store::actors::by_id(c, id)).await.ok()?
    }

    /// The ids in a collection of `owner`, of its first page if it has pages; an actor stands for itself.
    async fn members_of(&self, app: &App, list: &str, owner: &str, budget: &Budget) -> Result<Vec<String>, Miss> {
        let (found_at, document) = self.activity_json(app, list, budget).await?;
        if !same_origin(found_at.as_str(), owner) {
            return Err(Miss::useless("a list on another server"));
        }
        if parse::actor(&document).is_ok() {
            return Ok(shape::id(&document).map(str::to_owned).into_iter().collect());
        }
        let items = |page: &Value| {
            let key = if page.get("orderedItems").is_some() { "orderedItems" } else { "items" };
            shape::ids_of(page, key, STAFF)
        };
        let first = match document.get("first") {
            Some(page @ Value::Object(_)) => items(page),
            Some(Value::String(page)) if items(&document).is_empty() && same_origin(page, owner) => {
                items(&self.activity_json(app, page, budget).await?.1)
            }
            _ => Vec::new(),
        };
        Ok([items(&document), first].concat())
    }
}

async fn known(app: &App, uri: &str) -> Result<Option<Actor>, Error> {
    let uri = uri.to_owned();
    app.read(move |c| store::actors::by_uri(c, &uri)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_does_not_say_how_old_it_is_is_not_taken_for_new() {
        let now = Timestamp(1_795_359_449_000);
        assert!(first_heard(ActorKind::Group, now) <= now - pulse::MONTH);
        assert_eq!(first_heard(ActorKind::Person, now), now);
    }
}
