//! Tells people here what concerns them; hangs on events, in their transaction.
use domain::{
    group::Role,
    id::{ActorId, NotificationId, ScheduledId, StatementId},
    notice::{Handling, Level},
    policy,
    post::{Audience, FollowState, Post, Vote},
    report::Report,
    rule::Regard,
    severance::Severance,
};
use store::scheduled::Scheduled;

use crate::{
    Change, Course, Event, Result, Tx, appeals, echoes, instance, mailings, notices, portions,
    posts::Deletion,
    push, reports,
    solutions::{Help, Solution},
};

/// What a notification is about; the word is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// They were mentioned, or replied to.
    Mention,
    /// Somebody follows them.
    Follow,
    /// Somebody asks to follow them, or to follow or join a group they keep order in.
    FollowRequest,
    /// Somebody they want to hear of wrote something.
    Status,
    /// Somebody likes their post.
    Favourite,
    /// Somebody quotes their post.
    Quote,
    /// Somebody passed their post on.
    Reblog,
    /// What they passed on says something else now.
    Update,
    /// What they quoted says something else now.
    QuotedUpdate,
    /// Somebody made a login on the server that they administer.
    SignUp,
    /// A poll is closed in which they voted, or which is theirs.
    Poll,
    /// Somebody reports something that they have to see to.
    Report,
    /// What they reported was dealt with.
    Heeded,
    /// The team of a group decided something that concerns them.
    Stated,
    /// They lost follows because others were blocked.
    Severed,
    /// Somebody appeals against what the team decided of which they are a part.
    Appeal,
    /// What they replied answers the thread.
    Accepted,
    /// The same, for the first time in a community.
    Thanked,
    /// What they wait for is answered.
    Answered,
    /// Somebody wrote what waits until the team has seen it of which they are a part.
    Held,
    /// Nobody answered a conversation in a community of whose team they are a part.
    Unheard,
    /// An admin who is no member opened a private conversation of a community that is theirs.
    Opened,
    /// What they wrote for later could not be published when it was due.
    Unpublished,
}

impl Kind {
    /// Those of which many about one thing are told as one.
    pub const GATHERED: [Self; 4] = [Self::Favourite, Self::Reblog, Self::Follow, Self::SignUp];

    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Mention,
        Self::Follow,
        Self::FollowRequest,
        Self::Status,
        Self::Favourite,
        Self::Quote,
        Self::Reblog,
        Self::Update,
        Self::QuotedUpdate,
        Self::SignUp,
        Self::Poll,
        Self::Report,
        Self::Heeded,
        Self::Stated,
        Self::Severed,
        Self::Appeal,
        Self::Accepted,
        Self::Thanked,
        Self::Answered,
        Self::Held,
        Self::Unheard,
        Self::Opened,
        Self::Unpublished,
    ];

    /// The kind whose word is stored.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether those of a kind are gathered, by the word that is stored.
    pub fn is_gathered(word: &str) -> bool {
        Self::GATHERED.iter().any(|kind| kind.as_str() == word)
    }

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::Status => "status",
            Self::Favourite => "favourite",
            Self::Quote => "quote",
            Self::Reblog => "reblog",
            Self::Update => "update",
            Self::QuotedUpdate => "quoted_update",
            Self::SignUp => store::notifications::SIGN_UP,
            Self::Poll => "poll",
            Self::Report => store::notifications::REPORT,
            Self::Heeded => store::notifications::HEEDED,
            Self::Stated => store::notifications::STATED,
            Self::Severed => store::notifications::SEVERED,
            Self::Appeal => store::notifications::APPEAL,
            Self::Held => store::notifications::HELD,
            Self::Unheard => store::notifications::UNHEARD,
            Self::Opened => store::notifications::OPENED,
            Self::Unpublished => store::notifications::UNPUBLISHED,
            Self::Accepted => store::notifications::ACCEPTED,
            Self::Thanked => store::notifications::THANKED,
            Self::Answered => store::notifications::ANSWERED,
        }
    }
}

/// Records whom `event` concerns.
pub(crate) fn record(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    match event {
        Event::Posted { post, old: false, .. } => posted(tx, post),
        Event::Voted { post, voter, vote: Vote::Like, .. } => {
            tell(tx, &[post.author], Kind::Favourite, *voter, About::Post(post))
        }
        Event::Edited { post, .. } => edited(tx, post),
        Event::SignedUp(person) => {
            let admins = store::accounts::admins(tx)?;
            tell(tx, &admins, Kind::SignUp, *person, About::Nobody)
        }
        Event::Shared { post, by, .. } if policy::hears_of_share(post, *by) => {
            tell(tx, &[post.author], Kind::Reblog, *by, About::Post(post))
        }
        Event::Quoted { quoting, author } => {
            // Who may not read it does not hear of it.
            match store::posts::seen(tx, quoting.id, Some(*author))? {
                Some(_) => tell(tx, &[*author], Kind::Quote, quoting.author, About::Post(quoting)),
                None => Ok(()),
            }
        }
        Event::FollowAsked { follow } => {
            let mut answerers = staff(tx, follow.target)?;
            answerers.push(follow.target);
            tell(tx, &answerers, Kind::FollowRequest, follow.follower, About::Nobody)
        }
        Event::JoinAsked { group, person } => {
            let answerers = staff(tx, *group)?;
            tell(tx, &answerers, Kind::FollowRequest, *person, About::Nobody)
        }
        Event::FollowAnswered { follow, accepted: true } if follow.state == FollowState::Accepted => {
            tell(tx, &[follow.target], Kind::Follow, follow.follower, About::Nobody)
        }
        Event::Reported { report, .. } | Event::ReportHandedOn(report) => {
            let desk = reports::desk(tx, report)?;
            tell(tx, &desk, Kind::Report, report.reporter, About::Report(report))
        }
        // In whose name it was dealt with, and not by whom.
        Event::ReportResolved { report, by } if report.reporter != *by => {
            let site = tx.site().clone();
            let team = report.group.map_or_else(|| instance::voice(tx, &site), Ok)?;
            tell(tx, &[report.reporter], Kind::Heeded, team, About::Report(report))
        }
        Event::Stated { statement } => {
            tell(tx, &[statement.person], Kind::Stated, statement.group, About::Statement(statement.id))
        }
        Event::TiesLost(severance) => {
            tell(tx, &[severance.person], Kind::Severed, severance.person, About::Severance(severance))
        }
        Event::Appealed { statement, group, person } => {
            let answerers = appeals::deciders(tx, *group)?;
            tell(tx, &answerers, Kind::Appeal, *person, About::Statement(*statement))
        }
        Event::Held { post } => {
            let Some(group) = post.group else { return Ok(()) };
            let answerers = staff(tx, group)?;
            tell(tx, &answerers, Kind::Held, post.author, About::Post(post))
        }
        Event::Course(Course::Opened { group, post, by, .. }) => {
            let team = store::groups::staff(tx, *group)?;
            let owners = team.iter().filter(|member| member.role == Role::Owner).map(|member| member.person);
            tell(tx, &owners.collect::<Vec<_>>(), Kind::Opened, *by, About::Post(post))
        }
        Event::Course(Course::Unheard { post }) => {
            let Some(group) = post.group else { return Ok(()) };
            let team = store::groups::attending(tx, group)?.iter().map(|member| member.person).collect::<Vec<_>>();
            tell(tx, &team, Kind::Unheard, post.author, About::Post(post))
        }
        Event::Helped(Help::Solved(solution)) if solution.on => solved(tx, solution),
        Event::Featured { post, by, on: true, .. } => featured(tx, post, *by),
        Event::PollClosed { post } => {
            let mut concerned = store::polls::voters(tx, post.id)?;
            concerned.push(post.author);
            tell(tx, &concerned, Kind::Poll, post.author, About::Post(post))
        }
        Event::Deleted(Deletion { post, .. }) => Ok(store::notifications::remove_post(tx, post.id)?),
        _ => Ok(()),
    }
}

fn staff(tx: &mut Tx<'_, '_>, group: ActorId) -> Result<Vec<ActorId>> {
    Ok(store::groups::staff(tx, group)?.iter().map(|member| member.person).collect())
}

fn posted(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let mut concerned = store::accounts::concerned_by(tx, post.id, post.parent)?;
    let is_wish = portions::wished(tx, post)?.is_some();
    if matches!(post.audience, Audience::Direct | Audience::Followers) && !is_wish {
        // What is written to a group is for those who keep order there, unless the group itself answers it.
        let mut team = Vec::new();
        for addressed in store::posts::mentioned(tx, post.id)? {
            team.extend(staff(tx, addressed)?);
        }
        concerned.extend(store::accounts::among(tx, &team)?);
    }
    // Who may not read it does not hear of it.
    let mut readers = Vec::new();
    for person in concerned {
        if store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Mention, post.author, About::Post(post))?;
    awaited(tx, post, &readers)
}

/// Tells those who passed a post on, or quoted it, that it says something else now.
fn edited(tx: &mut Tx<'_, '_>, post: &Post) -> Result<()> {
    let mut readers = Vec::new();
    for person in store::shares::by_logins(tx, post.id)? {
        if store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Update, post.author, About::Post(post))?;
    let quoting = store::quotes::by_logins(tx, post.id)?;
    for quoting in store::posts::by_ids(tx, &quoting)? {
        tell(tx, &[quoting.author], Kind::QuotedUpdate, post.author, About::Post(&quoting))?;
    }
    Ok(())
}

/// Tells those of a thread that the team put in front who want nothing else of its community.
fn featured(tx: &mut Tx<'_, '_>, post: &Post, by: ActorId) -> Result<()> {
    let Some(group) = post.group.filter(|_| post.is_thread()) else { return Ok(()) };
    let mut readers = Vec::new();
    for person in store::portions::selective_here(tx, group)? {
        if ![post.author, by].contains(&person) && store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Status, group, About::Post(post))
}

/// Thanks whoever answered, and tells whoever asked; those who wait for it, too, hear soon.
fn solved(tx: &mut Tx<'_, '_>, solution: &Solution) -> Result<()> {
    let Solution { thread, reply, by, .. } = solution;
    if let Some(group) = thread.group.filter(|_| reply.author != *by) {
        let is_first = store::solutions::thank(tx, group, reply.author)?;
        let (kind, teller) = if is_first { (Kind::Thanked, group) } else { (Kind::Accepted, *by) };
        tell(tx, &[reply.author], kind, teller, About::Post(reply))?;
    }
    answered(tx, reply, *by, &[thread.author])?;
    echoes::plan(tx, reply.id, *by)
}

/// Tells those who wait for it, and may read it, of an answer.
pub(crate) fn answered(tx: &mut Tx<'_, '_>, reply: &Post, by: ActorId, waiting: &[ActorId]) -> Result<()> {
    let mut readers = Vec::new();
    for person in waiting {
        if *person != reply.author && store::posts::seen(tx, reply.id, Some(*person))?.is_some() {
            readers.push(*person);
        }
    }
    tell(tx, &readers, Kind::Answered, by, About::Post(reply))
}

/// Tells somebody that what they planned was refused when it was due.
pub(crate) fn unpublished(tx: &mut Tx<'_, '_>, planned: &Scheduled) -> Result<()> {
    tell(tx, &[planned.person], Kind::Unpublished, planned.person, About::Planned(planned.id))
}

/// Tells those who want to hear of each thread of its author or its group, or of each reply to it, and nobody twice.
fn awaited(tx: &mut Tx<'_, '_>, post: &Post, told: &[ActorId]) -> Result<()> {
    let mut waiting = if post.parent.is_some() {
        store::levels::awaiting_replies(tx, post.root)?
    } else {
        store::follows::to_notify(tx, post.author)?
    };
    if let Some(group) = post.group.filter(|_| post.parent.is_none()) {
        waiting.extend(store::follows::to_notify(tx, group)?);
        waiting.extend(store::levels::awaiting_threads(tx, group)?);
    }
    waiting.sort_unstable();
    waiting.dedup();
    let mut readers = Vec::new();
    for person in waiting.into_iter().filter(|person| !told.contains(person)) {
        if store::posts::seen(tx, post.id, Some(person))?.is_some() {
            readers.push(person);
        }
    }
    tell(tx, &readers, Kind::Status, post.author, About::Post(post))
}

/// What a notification is about.
#[derive(Debug, Clone, Copy)]
enum About<'a> {
    /// Nothing but who did it.
    Nobody,
    /// A post.
    Post(&'a Post),
    /// A report.
    Report(&'a Report),
    /// A statement of reasons, by its number.
    Statement(StatementId),
    /// Follows that were lost.
    Severance(&'a Severance),
    /// What was planned, by its number.
    Planned(ScheduledId),
}

impl About<'_> {
    fn number(self) -> Option<i64> {
        match self {
            Self::Nobody => None,
            Self::Post(post) => Some(post.id.0),
            Self::Report(report) => Some(report.id.0),
            Self::Statement(id) => Some(id.0),
            Self::Severance(lost) => Some(lost.id.0),
            Self::Planned(id) => Some(id.0),
        }
    }
}

fn tell(tx: &mut Tx<'_, '_>, whom: &[ActorId], kind: Kind, by: ActorId, about: About<'_>) -> Result<()> {
    if whom.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let accounts = store::accounts::among(tx, whom)?;
    let limited = !accounts.is_empty() && is_silenced(tx, by)?;
    let is_own = matches!(kind, Kind::Poll | Kind::Severed | Kind::Unpublished);
    for account in accounts.into_iter().filter(|account| *account != by || is_own) {
        let handling = handling(tx, account, kind, by, about, limited)?;
        if handling != Handling::Drop {
            let (id, held): (NotificationId, bool) = (tx.new_id(), handling == Handling::Filter);
            if store::notifications::insert(tx, id, account, kind.as_str(), by, about.number(), (now, held))? {
                tx.show(Change::Told(account, id));
                if !held {
                    push::queue(tx, account, id, kind, by)?;
                    mailings::queue(tx, account, kind)?;
                }
            }
        }
    }
    Ok(())
}

/// What becomes of a notification for `account`.
fn handling(
    tx: &mut Tx<'_, '_>,
    account: ActorId,
    kind: Kind,
    by: ActorId,
    about: About<'_>,
    limited: bool,
) -> Result<Handling> {
    // Those who answer for others hear everything, like those about whom it was decided, and nobody is a stranger to themselves.
    if store::notifications::DUTY.contains(&kind.as_str()) || account == by {
        return Ok(Handling::Accept);
    }
    if store::shuns::hushes(tx, account, by)? {
        return Ok(Handling::Drop);
    }
    let post = if let About::Post(post) = about { Some(post) } else { None };
    if let Some(post) = post
        && store::levels::of_thread(tx, account, post.root, post.group)? == Level::Nothing
    {
        return Ok(Handling::Drop);
    }
    // Whoever asks for an answer gets one.
    if kind == Kind::FollowRequest && !limited {
        return Ok(Handling::Accept);
    }
    notices::weigh(tx, account, by, limited, post)
}

/// Whether an actor is silenced, for themselves or with their server.
fn is_silenced(tx: &mut Tx<'_, '_>, actor: ActorId) -> Result<bool> {
    let Some(actor) = store::actors::by_id(tx, actor)? else { return Ok(false) };
    Ok(actor.silenced || (!actor.is_local() && tx.rules().regard(&actor.uri) == Regard::Silenced))
}
