//! The activities this server sends and understands: the table that FEDERATION.md shows.

/// Which way an activity goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is understood.
    In,
    /// It is sent.
    Out,
    /// Both.
    Both,
}

/// A kind of activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// Its type, with that of an inner activity in braces.
    pub name: &'static str,
    /// What it is about.
    pub object: &'static str,
    /// Which way it goes.
    pub direction: Direction,
    /// What it brings about.
    pub meaning: &'static str,
}

/// All of them. Everything else is acknowledged, counted and dropped.
pub const ACTIVITIES: &[Activity] = &[
    Activity {
        name: "Follow",
        object: "a person or a group",
        direction: Direction::Both,
        meaning: "asks to follow; following a group is also how people elsewhere ask to join",
    },
    Activity {
        name: "Undo{Follow}",
        object: "the request, whole or by id",
        direction: Direction::Both,
        meaning: "follows no more",
    },
    Activity {
        name: "Accept{Follow}",
        object: "the request, whole or by id",
        direction: Direction::Both,
        meaning: "the answer to a request: yes; asking again is answered again",
    },
    Activity {
        name: "Reject{Follow}",
        object: "the request, whole or by id",
        direction: Direction::Both,
        meaning: "the answer to a request: no; or the follow is ended from the other side",
    },
    Activity {
        name: "Join",
        object: "a group",
        direction: Direction::Both,
        meaning: "the same as `Follow`; sent beside it to groups on Mobilizon and Smithereen, where members are more than followers",
    },
    Activity {
        name: "Leave",
        object: "a group",
        direction: Direction::Both,
        meaning: "the same as `Undo{Follow}`; sent beside it to the same",
    },
    Activity {
        name: "Create",
        object: "a post",
        direction: Direction::Both,
        meaning: "a post was written; kept if it is for a group here, replies to a known post, names somebody here, or somebody here follows its author",
    },
    Activity {
        name: "Create{Vote}",
        object: "a `Note` that has a `name` and replies to a poll, and no content",
        direction: Direction::Both,
        meaning: "a vote in a poll, told to its author alone; once for each person and option",
    },
    Activity {
        name: "Update",
        object: "a post, a person or a group",
        direction: Direction::Both,
        meaning: "it has changed; posts by their author only, and only if newer; groups by themselves or, in name and text, by those who lead them; the results of a poll come without a new date",
    },
    Activity {
        name: "Delete",
        object: "a post, a person or a group",
        direction: Direction::Both,
        meaning: "it is gone, with what it wrote unless `removeData` is false; by somebody else than the author, a moderator takes a post out of its group, for the reason in `summary`",
    },
    Activity {
        name: "Undo{Delete}",
        object: "a removal",
        direction: Direction::Both,
        meaning: "a moderator puts a post back",
    },
    Activity {
        name: "Like",
        object: "a post",
        direction: Direction::Both,
        meaning: "a vote for it; one vote for each person and post, the last one counts; with an emoji in `content`, that is shown",
    },
    Activity { name: "Dislike", object: "a post", direction: Direction::Both, meaning: "a vote against it" },
    Activity {
        name: "EmojiReact",
        object: "a post",
        direction: Direction::In,
        meaning: "counts as `Like`; its emoji is shown",
    },
    Activity { name: "Undo{Like}", object: "the vote", direction: Direction::Both, meaning: "takes a vote back" },
    Activity { name: "Undo{Dislike}", object: "the vote", direction: Direction::Both, meaning: "takes a vote back" },
    Activity {
        name: "Announce",
        object: "a post, by its id",
        direction: Direction::Both,
        meaning: "passes a post on: by a person to their followers, by a group to microblogs",
    },
    Activity {
        name: "Announce{Activity}",
        object: "`Create`, `Update`, `Delete`, `Like`, `Dislike`, `Add`, `Remove`, `Lock`, `Block`, `Flag`, `Move`, `Resolve`, and `Undo` of these",
        direction: Direction::Both,
        meaning: "a group reports what happened in it; one level deep; an `EmojiReact` is received like this, too; received also as a list or a collection of up to 100, each of which is checked by itself",
    },
    Activity {
        name: "Undo{Announce}",
        object: "what was passed on",
        direction: Direction::Both,
        meaning: "does not pass a post on any more; from a group, a removal as microblogs understand it, of a reply where it was passed on",
    },
    Activity {
        name: "Add",
        object: "a post or a person",
        direction: Direction::Both,
        meaning: "into `featured`: pins; into `moderators`: appoints",
    },
    Activity {
        name: "Remove",
        object: "a post, a person or a thread",
        direction: Direction::Both,
        meaning: "out of `featured`: unpins; out of `moderators`: dismisses; received, a whole thread out of a group: takes it out",
    },
    Activity {
        name: "Lock",
        object: "a post",
        direction: Direction::Both,
        meaning: "a moderator closes a thread, or a part of it, to replies",
    },
    Activity {
        name: "Undo{Lock}",
        object: "the closing",
        direction: Direction::Both,
        meaning: "a moderator opens it again",
    },
    Activity {
        name: "Block",
        object: "a person",
        direction: Direction::Both,
        meaning: "with a group as `target`: a ban, until `endTime` if there is one; with `removeData`, all they wrote there is taken out; the server of whoever a group here bans, if it is no forum, gets one of the group itself, without `target`. Without `target`: one person blocks another; both stop following each other, and the blocked one does not see what the other writes",
    },
    Activity { name: "Undo{Block}", object: "the ban or block", direction: Direction::Both, meaning: "lifts it" },
    Activity {
        name: "Flag",
        object: "people and posts",
        direction: Direction::Both,
        meaning: "a report, for the moderators of the group in which the posts stand, or for those who administer the server",
    },
    Activity {
        name: "Invite",
        object: "a group",
        direction: Direction::Both,
        meaning: "invites the `target` to join it, if said by whoever keeps order there; from people here to groups elsewhere, it goes to the group. Following or joining it is an answer. A private message of the group says the same to those who do not know it; whoever is invited here is shown one",
    },
    Activity {
        name: "Accept{Invite}",
        object: "the invitation, by its id",
        direction: Direction::Both,
        meaning: "the invited person becomes a member; sent beside the `Follow`",
    },
    Activity {
        name: "Reject{Invite}",
        object: "the invitation, by its id",
        direction: Direction::Both,
        meaning: "they do not want to",
    },
    Activity {
        name: "Accept{Create}",
        object: "an answer to a post, by its id or that of the activity",
        direction: Direction::In,
        meaning: "the author of what is answered, who wants to be asked, agrees: others read the answer from then on",
    },
    Activity {
        name: "Reject{Create}",
        object: "a post",
        direction: Direction::Both,
        meaning: "a restricted group does not take the post of somebody who is no member, no group that of somebody whom its team keeps from writing for a time, and no group takes one that comes too soon for its slow mode; the first time it tells them in a private message, too. Received, the post is taken out of the group here, and its author told; or, by the author of what an answer waits for, nobody else reads it",
    },
    Activity {
        name: "Reject{Update}",
        object: "a post",
        direction: Direction::Both,
        meaning: "no group takes what somebody changes in a post while its team keeps them from writing: it goes on saying what it said there. Received, its author is told",
    },
    Activity {
        name: "Reject{Like}",
        object: "the vote, whole or by id",
        direction: Direction::In,
        meaning: "the author of the post does not want it: it is taken back",
    },
    Activity {
        name: "Warn",
        object: "a post, or a person",
        direction: Direction::Both,
        meaning: "a moderator warns whoever wrote it, for the reason in `summary`: they are shown a private message of the group. Groups here warn by such a message itself; in groups elsewhere, moderators here say it so to Lemmy from 1.0 on and Tertulia, and to others in a message of their own",
    },
    Activity {
        name: "Resolve",
        object: "a report",
        direction: Direction::In,
        meaning: "a moderator has dealt with it",
    },
    Activity {
        name: "QuoteRequest",
        object: "a post",
        direction: Direction::Both,
        meaning: "asks whether `instrument` may quote it (FEP-044f); what everybody may read is quoted by those whom its author lets, and what is for few only by its author",
    },
    Activity {
        name: "Accept{QuoteRequest}",
        object: "the request",
        direction: Direction::Both,
        meaning: "it may: the document `result` says so until it is gone",
    },
    Activity { name: "Reject{QuoteRequest}", object: "the request", direction: Direction::Both, meaning: "it may not" },
    Activity {
        name: "LikeRequest",
        object: "a post",
        direction: Direction::In,
        meaning: "asks whether `instrument` may like it, as GoToSocial does; whoever may is answered `Accept` with a `result`, and it is liked by that; others `Reject`",
    },
    Activity {
        name: "ReplyRequest",
        object: "a post",
        direction: Direction::In,
        meaning: "asks whether `instrument` may answer it, as GoToSocial does; whoever may is answered `Accept` with a `result`, and the reply is still to come; others `Reject`",
    },
    Activity {
        name: "AnnounceRequest",
        object: "a post",
        direction: Direction::In,
        meaning: "asks whether `instrument` may pass on it, as GoToSocial does; whoever may is answered `Accept` with a `result`, and it is passed on by that; others `Reject`",
    },
    Activity {
        name: "Delete{QuoteAuthorization}",
        object: "a stamp, by its id",
        direction: Direction::Both,
        meaning: "the author of what is quoted does not agree any more",
    },
    Activity {
        name: "Move",
        object: "an actor",
        direction: Direction::Both,
        meaning: "it is found at `target` now, which must name it in `alsoKnownAs`; followers here go along, members do not; once a week",
    },
    Activity {
        name: "Move{Thread}",
        object: "a thread, by its first post or by its `context`",
        direction: Direction::Both,
        meaning: "from the group `origin` to the group `target` of the same server, by whoever keeps order in both",
    },
    Activity {
        name: "Move{Note}",
        object: "a post",
        direction: Direction::Both,
        meaning: "out of the thread that begins with `origin`: a thread under the post `target` of its group, or a reply that is a thread of its own, called `name`, if it is the `target` itself; by whoever keeps order there",
    },
];
