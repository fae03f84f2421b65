//! What happened: every change that anyone else could notice.
use std::sync::Arc;

use domain::{
    actor::Actor,
    group::Role,
    id::{ActorId, PeerId, ReceivedId, StatementId},
    post::{Post, Vote},
    report::{Reach, Report},
    severance::Severance,
    shun::Shun,
    statement::{Grounds, Statement},
    time::Timestamp,
};
use store::follows::Follow;

use crate::{Course, House, consents::Request, messages::Attempt, posts::Deletion, solutions::Help};

/// Where a change came from: `None` when somebody here made it, else the activity that told us.
pub type Cause = Option<ReceivedId>;

/// Something that happened; it carries what those who hear of it need.
#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody wrote a post.
    Posted {
        /// The post as it now is.
        post: Arc<Post>,
        /// Whether it is old and was only looked up: nobody hears of it.
        old: bool,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody wrote a post that nobody is told of until the team of its group has seen it.
    Held {
        /// The post.
        post: Arc<Post>,
    },
    /// A moderator let a post in that had waited; that it is posted now is an event of its own.
    Admitted {
        /// The post as it now is.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
    },
    /// A moderator did not let a post in that waited.
    Refused {
        /// The post.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Why.
        grounds: Grounds,
        /// What its author was told, if they were.
        statement: Option<StatementId>,
    },
    /// A community here wants to see other posts than before before anybody else does.
    ScreenChanged {
        /// The group.
        group: ActorId,
        /// Who did it.
        by: ActorId,
    },
    /// An author changed what a post says.
    Edited {
        /// The post as it now is.
        post: Arc<Post>,
        /// Where it came from.
        cause: Cause,
    },
    /// This person made a login here, with an address that is theirs.
    SignedUp(ActorId),
    /// An author deleted a post.
    Deleted(Deletion),
    /// A moderator took a post out of its group.
    Removed {
        /// The post as it was.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Why.
        grounds: Grounds,
        /// What whom it concerns was told, if they were.
        statement: Option<StatementId>,
        /// Where it came from.
        cause: Cause,
    },
    /// A moderator put a post back into its group.
    Restored {
        /// The post as it now is.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
        /// Where it came from.
        cause: Cause,
    },
    /// A moderator closed a thread, or opened it again.
    Locked {
        /// The post.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Closed, or open again.
        on: bool,
        /// Why.
        grounds: Grounds,
        /// What whom it concerns was told, if they were.
        statement: Option<StatementId>,
        /// Where it came from.
        cause: Cause,
    },
    /// A moderator pinned a post, or unpinned it.
    Featured {
        /// The post.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// Pinned, or not any more.
        on: bool,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody here answered what somebody elsewhere wrote who wants to be asked before others read that.
    AssentAsked {
        /// The answer.
        post: Arc<Post>,
    },
    /// A moderator moved a thread to another group.
    Transferred {
        /// Its first post, which stands in its new group now.
        post: Arc<Post>,
        /// The group in which it stood.
        from: ActorId,
        /// Who did it.
        by: ActorId,
        /// Why.
        reason: String,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody here pinned a post of theirs to their page, or unpinned it.
    Pinned {
        /// The post.
        post: Arc<Post>,
        /// Pinned, or not any more.
        on: bool,
    },
    /// Somebody voted.
    Voted {
        /// The post.
        post: Arc<Post>,
        /// Who voted.
        voter: ActorId,
        /// How.
        vote: Vote,
        /// The id of the activity; of a vote cast here it is one of ours, to be sent under it.
        activity_uri: String,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody said that the same happens to them, or which reply answers.
    Helped(Help),
    /// Somebody took a vote back.
    Unvoted {
        /// The post.
        post: Arc<Post>,
        /// Who had voted.
        voter: ActorId,
        /// How they had voted.
        vote: Vote,
        /// The id of the activity that is taken back.
        activity_uri: String,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody chose in a poll.
    Chosen {
        /// The post.
        post: Arc<Post>,
        /// Who voted.
        voter: ActorId,
        /// What, by the places of the options.
        choices: Vec<usize>,
    },
    /// What was counted in a poll has changed; of polls here it is told in rounds.
    Counted {
        /// The post.
        post: Arc<Post>,
        /// Where it came from.
        cause: Cause,
    },
    /// A poll is closed.
    PollClosed {
        /// The post.
        post: Arc<Post>,
    },
    /// Whether a post may quote what it quotes has changed, or who may quote it.
    Requoted {
        /// The post that quotes.
        post: Arc<Post>,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody here is quoted, and agrees.
    Quoted {
        /// The post that quotes.
        quoting: Arc<Post>,
        /// Who is quoted.
        author: ActorId,
    },
    /// Somebody here was asked by somebody elsewhere for their consent.
    ConsentAnswered {
        /// The post that is asked about.
        post: Arc<Post>,
        /// Who asked.
        by: ActorId,
        /// What they asked.
        request: Request,
        /// The stamp that says yes, if it was yes.
        stamp: Option<String>,
    },
    /// Somebody here does not agree any more that their post is quoted.
    QuoteRevoked {
        /// The post that was quoted.
        quoted: Arc<Post>,
        /// The post that quotes.
        quoting: Arc<Post>,
        /// The stamp that is void.
        stamp: String,
    },
    /// A person passed a post on. What a group passes on is part of `Posted`.
    Shared {
        /// The post.
        post: Arc<Post>,
        /// Who did it.
        by: ActorId,
        /// The id of the activity; of what is shared here it is one of ours, to be sent under it.
        activity_uri: String,
        /// Where it came from.
        cause: Cause,
    },
    /// A person does not pass a post on any more.
    Unshared {
        /// The post.
        post: Arc<Post>,
        /// Who had done it.
        by: ActorId,
        /// The id of the activity that is taken back.
        activity_uri: String,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody asked to follow; it waits for an answer, from elsewhere or from a moderator here.
    FollowAsked {
        /// The request; its `activity_uri` is one of ours, to be sent under it, if the follower lives here.
        follow: Follow,
    },
    /// A request to follow somebody here was answered. Repeats of an accepted request are answered again.
    FollowAnswered {
        /// The request.
        follow: Follow,
        /// Yes or no.
        accepted: bool,
    },
    /// Somebody follows no more.
    Unfollowed {
        /// The follow that ended.
        follow: Follow,
        /// Who ended it: the follower, or who put them out.
        by: ActorId,
    },
    /// Somebody blocked somebody.
    Blocked {
        /// Who blocks whom; its `activity_uri` is one of ours, to be sent under it, if whoever blocks lives here.
        shun: Shun,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody blocks somebody no more.
    Unblocked {
        /// What it was.
        shun: Shun,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody here asked to join a group here; a moderator answers.
    JoinAsked {
        /// The group.
        group: ActorId,
        /// Who asked.
        person: ActorId,
    },
    /// A group was created here.
    GroupCreated {
        /// The group.
        group: Arc<Actor>,
        /// Its owner.
        by: ActorId,
    },
    /// An actor here changed what its document says.
    ProfileChanged {
        /// The actor as it now is.
        actor: Arc<Actor>,
        /// Who did it.
        by: ActorId,
    },
    /// An actor here is found under another id from now on.
    Moved {
        /// The actor.
        actor: Arc<Actor>,
        /// What it is found as.
        target: Arc<Actor>,
        /// Who did it.
        by: ActorId,
    },
    /// Somebody's role in a group here changed; `None` is no membership.
    RoleChanged {
        /// The group.
        group: ActorId,
        /// Whose.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// What it was.
        from: Option<Role>,
        /// What it is.
        to: Option<Role>,
        /// Where it came from.
        cause: Cause,
    },
    /// Somebody was banned from a group.
    Banned {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// Until when; for good if there is no end.
        until: Option<Timestamp>,
        /// Whether what they wrote there is taken out, too; of each post an event tells.
        clean: bool,
        /// Why.
        grounds: Grounds,
        /// What whom it concerns was told, if they were.
        statement: Option<StatementId>,
        /// Where it came from.
        cause: Cause,
    },
    /// A ban was lifted.
    Unbanned {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// Where it came from.
        cause: Cause,
    },
    /// A group warned somebody, in the words of a moderator; they are told in a message.
    Warned {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// What they wrote, if it is about that.
        post: Option<Arc<Post>>,
        /// Why.
        grounds: Grounds,
        /// What whom it concerns was told, if they were.
        statement: Option<StatementId>,
    },
    /// A community here has other rules.
    BylawsChanged {
        /// The group.
        group: ActorId,
        /// Who did it.
        by: ActorId,
    },
    /// Somebody was told why a measure concerns them.
    Stated {
        /// What they were told.
        statement: Arc<Statement>,
    },
    /// Somebody appealed.
    Appealed {
        /// Against what.
        statement: StatementId,
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
    },
    /// An appeal was decided.
    AppealDecided {
        /// Against what it was.
        statement: StatementId,
        /// The group; none, if it holds on this whole server.
        group: Option<ActorId>,
        /// Who had appealed.
        person: ActorId,
        /// Who decided.
        by: ActorId,
        /// Whether the measure is undone.
        granted: bool,
        /// Why.
        reason: String,
    },
    /// Somebody was invited to join a group.
    Invited {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
    },
    /// Somebody here answered the invitation of a group elsewhere.
    InvitationAnswered {
        /// The group.
        group: ActorId,
        /// Who.
        person: ActorId,
        /// The id of the activity that invited them.
        activity: String,
        /// Yes, or no.
        accepted: bool,
    },
    /// A group did not take what somebody elsewhere posted or changed, and says so.
    PostRefused {
        /// The group.
        group: ActorId,
        /// Whose post it was.
        author: ActorId,
        /// What was posted or changed.
        attempt: Attempt,
    },
    /// Somebody reported somebody.
    Reported {
        /// The report; its `uri` is one of ours, to be sent under it, if it was filed here.
        report: Arc<Report>,
        /// Who elsewhere is to hear of it.
        reach: Reach,
    },
    /// What is reported moved to another group, and the report with it: it is for the team of that one.
    ReportHandedOn(Arc<Report>),
    /// A report was dealt with.
    ReportResolved {
        /// The report as it was.
        report: Arc<Report>,
        /// Who did it.
        by: ActorId,
    },
    /// Something about the house is otherwise than before.
    House(House),
    /// Something about the course of conversations in a group is otherwise than before.
    Course(Course),
    /// Somebody, or a community of here, was suspended from this whole server, or that was lifted.
    Suspended {
        /// Who.
        person: ActorId,
        /// Who did it.
        by: ActorId,
        /// Suspended, or not any more.
        on: bool,
        /// Why.
        reason: String,
        /// What they were told, if they were.
        statement: Option<StatementId>,
    },
    /// Somebody elsewhere was suspended by their own server, or that was lifted.
    Withdrawn {
        /// Who.
        person: ActorId,
        /// Suspended, or not any more.
        on: bool,
    },
    /// All follows from and to the people of a suspended server ended; nobody there is told.
    Severed(PeerId),
    /// Somebody here lost follows because others were blocked.
    TiesLost(Arc<Severance>),
    /// A person or group here is gone.
    ActorDeleted {
        /// The actor as it was.
        actor: Arc<Actor>,
    },
}
