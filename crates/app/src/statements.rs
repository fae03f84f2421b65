//! Statements of reasons: whoever a measure concerns hears what was done, why, by which rule, and how to appeal.
use std::sync::Arc;

use domain::{
    actor::Actor,
    bylaw::Bylaw,
    group::Standing,
    id::{ActorId, PostId, StatementId},
    post::Post,
    statement::{Appeal, Decision, Grounds, Sanction, Statement},
    text::{markdown, plain},
    time::Timestamp,
};

use crate::{
    App, Error, Event, Me, Result, Tx, bylaws, groups, instance,
    mail::Errand,
    messages, nameplate, rules,
    seal::{self, Seal},
    tongues::Tongue,
};

/// The longest reason, and the longest note, in characters.
pub(crate) const REASON: usize = 1_000;

/// A measure that somebody is to hear of.
pub(crate) struct Measure {
    pub(crate) group: ActorId,
    pub(crate) person: ActorId,
    pub(crate) by: ActorId,
    pub(crate) sanction: Sanction,
    pub(crate) post: Option<PostId>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) clean: bool,
}

/// Grounds as they are kept: short, and of a rule that there is.
pub(crate) fn checked(tx: &mut Tx<'_, '_>, group: ActorId, grounds: &Grounds) -> Result<Grounds> {
    bylaws::check(tx, Some(group), grounds.bylaw)?;
    let (reason, note) = (plain::line(&grounds.reason, REASON), plain::clean(&grounds.note, REASON));
    Ok(Grounds { reason, note, bylaw: grounds.bylaw })
}

/// Tells somebody of a measure that was taken in a group here, or on this whole server. Nobody is told of what they did
/// themselves.
pub(crate) fn issue(tx: &mut Tx<'_, '_>, measure: Measure, grounds: Grounds) -> Result<Option<StatementId>> {
    let Measure { group, person, by, sanction, post, until, clean } = measure;
    let Some(concerned) = store::actors::by_id(tx, person)?.filter(|actor| actor.deleted.is_none()) else {
        return Ok(None);
    };
    if person == by || concerned.is_group() || !groups::is_local(tx, group)? {
        return Ok(None);
    }
    let (id, created) = (tx.new_id(), tx.now());
    let statement = Statement { id, group, person, by, sanction, post, grounds, until, clean, created, lifted: None };
    store::statements::insert(tx, &statement)?;
    if concerned.is_local() {
        tx.mail(&Errand::Statement(id.0))?;
    }
    if !concerned.is_local() || matches!(sanction, Sanction::Warn | Sanction::Caution) {
        write(tx, &statement)?;
    }
    tx.emit(Event::Stated { statement: Arc::new(statement) });
    Ok(Some(id))
}

/// Tells somebody of a measure that holds on this whole server.
pub(crate) fn issue_everywhere(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    (person, sanction): (ActorId, Sanction),
    reason: &str,
) -> Result<Option<StatementId>> {
    let site = tx.site().clone();
    let group = instance::voice(tx, &site)?;
    let measure = Measure { group, person, by, sanction, post: None, until: None, clean: false };
    issue(tx, measure, plain::line(reason, REASON).into())
}

/// Records that a measure that held on this whole server is undone.
pub(crate) fn lift_everywhere(tx: &mut Tx<'_, '_>, by: ActorId, person: ActorId, sanction: Sanction) -> Result<()> {
    let site = tx.site().clone();
    let group = instance::voice(tx, &site)?;
    lift(tx, by, (group, person), sanction, None)
}

/// What somebody is to those who decide about a measure.
pub(crate) fn regard(tx: &mut Tx<'_, '_>, statement: &Statement, who: ActorId) -> Result<Standing> {
    if statement.sanction.is_everywhere() {
        return rules::standing(tx, Me(who));
    }
    Ok(groups::regard(tx, statement.group, who)?.1)
}

/// Whose decision a measure is, by name: a group, or this server.
pub(crate) fn team(tx: &mut Tx<'_, '_>, statement: &Statement) -> Result<String> {
    if statement.sanction.is_everywhere() {
        let site = tx.site().clone();
        return Ok(markdown::escape(&nameplate::read(tx, &site)?.name));
    }
    let group = store::actors::by_id(tx, statement.group)?.ok_or(Error::NotFound)?;
    Ok(markdown::escape(&group.title))
}

/// Writes to somebody of a measure: who did what, by which rule and why, and where they appeal.
fn write(tx: &mut Tx<'_, '_>, statement: &Statement) -> Result<()> {
    let (team, link) = (team(tx, statement)?, link(tx, statement.id)?);
    let rule = cases(tx, vec![statement.clone()])?.pop().and_then(|case| case.bylaw);
    let reason = markdown::escape(&statement.grounds.reason);
    let say = |tongue: Tongue| {
        let what = done(tongue, statement);
        let rule = rule.as_ref().map(|rule| markdown::escape(rule.said(tongue.pick("es", "en")).0));
        let by = rule.map(|rule| tongue.pick(format!(" por la norma «{rule}»"), format!(" by the rule “{rule}”")));
        let why = if reason.is_empty() { ".".to_owned() } else { format!(": {reason}") };
        let start = tongue.pick("El equipo de", "The team of");
        format!("{start} {team} {what}{}{why}", by.unwrap_or_default())
    };
    let way = (link.as_str(), ("Ver la decisión y cómo recurrir", "See the decision and how to appeal"));
    let text = messages::letter(tx, (statement.group, statement.person), say, Some(way))?;
    messages::confide(tx, statement.group, statement.person, &text).map(drop)
}

/// What was done, to whoever it was done to, after the name of who did it.
fn done(tongue: Tongue, statement: &Statement) -> &'static str {
    let (es, en) = match statement.sanction {
        Sanction::Remove => {
            ("ha retirado de la comunidad lo que publicaste", "removed what you posted from the community")
        }
        Sanction::Refuse => ("no ha admitido lo que publicaste", "did not let in what you posted"),
        Sanction::Lock => ("ha cerrado a más respuestas lo que publicaste", "closed what you posted to more replies"),
        Sanction::Ban if statement.until.is_some() => ("te ha expulsado por un tiempo", "banned you for some time"),
        Sanction::Ban => ("te ha expulsado para siempre", "banned you for good"),
        Sanction::Hush => (
            "te ha quitado la palabra por un tiempo: puedes leer, no escribir",
            "keeps you from writing for some time: you may read",
        ),
        Sanction::Warn | Sanction::Caution => ("te advierte", "warns you"),
        Sanction::Suspend => {
            ("ha suspendido tu cuenta en todo el servidor", "suspended your account on the whole server")
        }
        Sanction::Silence => ("ha limitado tu cuenta en todo el servidor", "limited your account on the whole server"),
        Sanction::Veil => {
            ("ha decidido tapar tus imágenes en todo el servidor", "covers your pictures on the whole server")
        }
    };
    tongue.pick(es, en)
}

/// Records that a measure is undone, and with it what anybody had to say against it.
pub(crate) fn lift(
    tx: &mut Tx<'_, '_>,
    by: ActorId,
    concerned: (ActorId, ActorId),
    sanction: Sanction,
    post: Option<PostId>,
) -> Result<()> {
    let at = tx.now();
    for id in store::statements::lift(tx, concerned, sanction, post, at)? {
        store::statements::decide(tx, id, &Decision { by, at, granted: true, answer: String::new() })?;
    }
    Ok(())
}

/// The word in the address of a statement that only this server can make. It is all that one needs to read it and to
/// appeal, and none of it is stored.
fn word(seal: &Seal, id: StatementId) -> Result<String> {
    Ok(format!("{id}-{}", seal.token(&format!("statement {id}"))?))
}

/// Where somebody reads what was decided about them; for nobody else.
pub(crate) fn link(tx: &Tx<'_, '_>, id: StatementId) -> Result<String> {
    Ok(tx.site().statement(&word(tx.seal(), id)?))
}

/// Where a person here reads what was decided about them.
pub fn page(app: &App, id: StatementId) -> Result<String> {
    Ok(app.site().statement(&word(app.seal(), id)?))
}

/// The statement whose address ends in this word.
pub(crate) fn named(app: &App, entered: &str) -> Result<StatementId> {
    let id = entered.split_once('-').and_then(|(id, _)| id.parse::<StatementId>().ok()).ok_or(Error::NotFound)?;
    let right = word(app.seal(), id)?;
    if !seal::is_same(&right, entered) {
        return Err(Error::NotFound);
    }
    Ok(id)
}

/// A measure with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Case {
    /// What whom it concerns was told.
    pub statement: Statement,
    /// What they said to it.
    pub appeal: Option<Appeal>,
    /// The group.
    pub group: Actor,
    /// Whom it concerns.
    pub person: Actor,
    /// The post, unless its author deleted it.
    pub post: Option<Post>,
    /// The rule that was broken, as it was then.
    pub bylaw: Option<Bylaw>,
}

/// What is behind the address of a statement.
pub async fn read(app: &App, entered: &str) -> Result<Case> {
    let id = named(app, entered)?;
    let cases = app.read(move |c| {
        let statement = store::statements::by_ids(c, &[id])?;
        cases(c, statement)
    });
    cases.await?.pop().ok_or(Error::NotFound)
}

/// These measures with all that belongs to them.
pub(crate) fn cases(c: &mut store::Conn, statements: Vec<Statement>) -> store::Result<Vec<Case>> {
    let people: Vec<ActorId> = statements.iter().flat_map(|statement| [statement.group, statement.person]).collect();
    let actors = store::actors::by_ids(c, &people)?;
    let posts: Vec<PostId> = statements.iter().filter_map(|statement| statement.post).collect();
    let posts = store::posts::by_ids(c, &posts)?;
    let ids: Vec<StatementId> = statements.iter().map(|statement| statement.id).collect();
    let appeals = store::statements::appeals(c, &ids)?;
    let groups: Vec<ActorId> = statements.iter().map(|statement| statement.group).collect();
    let versions = store::bylaws::all(c, &groups)?;
    let actor = |id: ActorId| actors.iter().find(|actor| actor.id == id).cloned();
    let mut cases = Vec::new();
    for statement in statements {
        let (Some(group), Some(person)) = (actor(statement.group), actor(statement.person)) else { continue };
        let bylaw = statement.grounds.bylaw.and_then(|cited| {
            let version = versions.iter().find(|(of, bylaws)| *of == group.id && bylaws.version == cited.version);
            version.and_then(|(_, bylaws)| bylaws.at(cited.number)).cloned()
        });
        cases.push(Case {
            appeal: appeals.iter().find(|appeal| appeal.statement == statement.id).cloned(),
            post: posts.iter().find(|post| Some(post.id) == statement.post && post.deleted.is_none()).cloned(),
            bylaw,
            group,
            person,
            statement,
        });
    }
    Ok(cases)
}
