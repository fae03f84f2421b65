//! The table of permissions, printed as the documentation of permissions.
use std::{fmt::Write, time::Duration};

use super::*;
use crate::{
    id::{PostId, StatementId},
    post::{Content, Leaves, PostKind},
    statement::{Grounds, Sanction},
};

fn group(visibility: Visibility, joining: Joining) -> GroupRules {
    GroupRules {
        hidden: false,
        id: ActorId(1),
        visibility,
        joining,
        moderators_only: false,
        reach: crate::group::Reach::Home,
        confides_from: PostId(0),
    }
}

/// What was decided about somebody by somebody.
fn measure() -> Statement {
    Statement {
        id: StatementId(1),
        group: ActorId(1),
        person: ActorId(2),
        by: ActorId(3),
        sanction: Sanction::Ban,
        post: None,
        grounds: Grounds::default(),
        until: None,
        clean: false,
        created: Timestamp(0),
        lifted: None,
    }
}

fn thread(audience: Audience) -> Post {
    Post {
        id: PostId(7),
        uri: String::new(),
        url: String::new(),
        kind: PostKind::Note,
        author: ActorId(2),
        group: Some(ActorId(1)),
        parent: None,
        root: PostId(7),
        depth: 0,
        audience,
        content: Content::default(),
        local: true,
        published: Timestamp(0),
        edited: None,
        deleted: None,
        removed: None,
        locked: None,
        featured: None,
    }
}

fn people() -> Vec<(&'static str, Standing)> {
    let role = |role| Standing { role: Some(role), ..Standing::default() };
    let waiting = |state| Standing { waiting: Some(state), ..Standing::default() };
    vec![
        ("anyone", Standing::default()),
        ("follower", Standing { follows: true, ..Standing::default() }),
        ("applicant", waiting(MemberState::Pending)),
        ("invited", waiting(MemberState::Invited)),
        ("member", role(Role::Member)),
        ("expert", role(Role::Expert)),
        ("moderator", role(Role::Moderator)),
        ("leader", role(Role::Leader)),
        ("owner", role(Role::Owner)),
        ("member kept from writing", Standing { hushed: Some(Timestamp(9)), ..role(Role::Member) }),
        ("banned", Standing { banned: true, ..Standing::default() }),
        ("server admin", Standing { admin: true, ..Standing::default() }),
        (
            "owner without the second step that is asked for",
            Standing { role: Some(Role::Owner), unsecured: true, ..Standing::default() },
        ),
    ]
}

type Rule = Box<dyn Fn(&GroupRules, &Standing) -> String>;

fn yes_no(verdict: Verdict) -> String {
    if verdict.is_ok() { "yes" } else { "–" }.to_owned()
}

fn verbs() -> Vec<(&'static str, Rule)> {
    let verb = |name, rule: fn(&GroupRules, &Standing) -> Verdict| -> (&'static str, Rule) {
        (name, Box::new(move |group, who| yes_no(rule(group, who))))
    };
    let member = Standing { role: Some(Role::Member), ..Standing::default() };
    let moderator = Standing { role: Some(Role::Moderator), ..Standing::default() };
    vec![
        verb("know that it is there if it is hidden", |group, who| know(&GroupRules { hidden: true, ..*group }, who)),
        verb("read", read),
        verb("start a thread", |group, who| post(group, who, Place::Thread, Duration::ZERO)),
        verb("start a thread where only moderators do", |group, who| {
            post(&GroupRules { moderators_only: true, ..*group }, who, Place::Thread, Duration::ZERO)
        }),
        verb("reply", |group, who| post(group, who, Place::Reply { locked: false }, Duration::ZERO)),
        verb("reply in a locked thread", |group, who| post(group, who, Place::Reply { locked: true }, Duration::ZERO)),
        verb("post again at once in slow mode", |group, who| {
            post(group, who, Place::Reply { locked: false }, Duration::from_mins(1))
        }),
        verb("vote", |group, who| vote(Some((group, who)), &thread(Audience::Public), Vote::Like)),
        verb("say that the same happens to them", |group, who| {
            echo((group, who), &thread(Audience::Public), ActorId(9))
        }),
        verb("say which reply answers the thread of somebody else", |_, who| {
            let reply = thread(Audience::Public);
            solve(&thread(Audience::Public), &reply, ActorId(9), who)
        }),
        verb("see what nobody answered, and be told of it", |_, who| attend(who)),
        verb("choose in a poll", |group, who| {
            let poll = Poll { closes: Some(Timestamp(2)), ..Poll::default() };
            choose(Some((group, who)), (&thread(Audience::Public), &poll), (ActorId(3), &[]), Timestamp(1))
        }),
        verb("report", report),
        (
            "follow",
            Box::new(|group, who| match follow(group, who) {
                Ok(Admission::Follow) => "yes".into(),
                Ok(Admission::FollowAndJoin) => "yes, and joins".into(),
                Ok(Admission::Ask) => "asks".into(),
                Err(_) => "–".into(),
            }),
        ),
        (
            "join",
            Box::new(|group, who| match join(group, who) {
                Ok(MemberState::Pending) => "asks".into(),
                Ok(_) => "yes".into(),
                Err(_) => "–".into(),
            }),
        ),
        verb("leave", |_, who| leave(who)),
        verb("remove, restore, let in what waits, lock, slow down, pin, admit, invite, resolve reports", |_, who| {
            moderate(who)
        }),
        verb("move a thread to another group in which they keep order", |group, who| {
            let there = Standing { role: Some(Role::Moderator), ..Standing::default() };
            let open = GroupRules { visibility: Visibility::Public, ..*group };
            transfer(&thread(Audience::Public), (group, who), (&open, &there))
        }),
        verb("split a thread, or put it under another one", |group, who| {
            let reply = Post { parent: Some(PostId(3)), root: PostId(3), depth: 1, ..thread(Audience::Public) };
            graft(group, &reply, None, 0, who)
        }),
        verb("decide an appeal against what somebody else decided", |_, who| review(who, ActorId(9), &measure(), true)),
        verb("decide one against their own decision, where there is another moderator", |_, who| {
            review(who, measure().by, &measure(), true)
        }),
        ("end a membership", Box::new(move |_, who| yes_no(appoint(who, &member, None)))),
        ("warn a member", Box::new(move |_, who| yes_no(warn(who, &member)))),
        ("keep a member from writing for a time", Box::new(move |_, who| yes_no(hush(who, &member)))),
        ("ban a member", Box::new(move |_, who| yes_no(ban(who, &member)))),
        ("ban a moderator", Box::new(move |_, who| yes_no(ban(who, &moderator)))),
        ("name an expert", Box::new(move |_, who| yes_no(appoint(who, &member, Some(Role::Expert))))),
        ("name a moderator", Box::new(move |_, who| yes_no(appoint(who, &member, Some(Role::Moderator))))),
        ("name a leader", Box::new(move |_, who| yes_no(appoint(who, &member, Some(Role::Leader))))),
        ("name an owner", Box::new(move |_, who| yes_no(appoint(who, &member, Some(Role::Owner))))),
        ("change texts, rules and what waits", Box::new(|_, who| yes_no(manage(who)))),
        verb("join by a link", |_, who| pass(who)),
        ("hand the group over to a member", Box::new(move |_, who| yes_no(hand_on(who, &member)))),
        ("move the group away", Box::new(|_, who| yes_no(hand_over(who)))),
        ("create a community where everybody may", Box::new(|_, who| yes_no(found(Founders::Everybody, who.admin)))),
        ("create a community where only admins may", Box::new(|_, who| yes_no(found(Founders::Admins, who.admin)))),
        ("choose how far what is written goes", Box::new(|_, who| yes_no(set_reach(who)))),
        (
            "open a private thread for an hour, for a reason that its owner is told",
            Box::new(|_, who| yes_no(open(who))),
        ),
        ("suspend somebody from the whole server, hold them back", Box::new(|_, who| yes_no(suspend(who, false)))),
        ("decide which servers we deal with, see to what they do not take", Box::new(|_, who| yes_no(administer(who)))),
    ]
}

fn table() -> String {
    let mut out = String::from(
        "# Who may do what\n\nPrinted by a test from `domain::policy`, which decides it for people here and elsewhere alike. \
         Nobody changes or deletes what somebody else wrote: moderators remove it from the group, and can restore it.\n",
    );
    let people = people();
    for visibility in Visibility::ALL {
        for joining in Joining::ALL {
            write!(out, "\n## {visibility} group, joining: {joining}\n\n|  |").unwrap();
            for (who, _) in &people {
                write!(out, " {who} |").unwrap();
            }
            write!(out, "\n|---|{}", "---|".repeat(people.len())).unwrap();
            for (verb, rule) in verbs() {
                write!(out, "\n| {verb} |").unwrap();
                for (_, who) in &people {
                    write!(out, " {} |", rule(&group(*visibility, *joining), who)).unwrap();
                }
            }
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_documentation_of_permissions_is_what_policy_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    let (now, was) = (table(), std::fs::read_to_string(path).unwrap_or_default());
    if now != was {
        std::fs::write(path, &now).unwrap();
        panic!("docs/permissions.md was out of date and has been rewritten: read the difference, then commit it");
    }
}

#[test]
fn one_appeals_once_and_in_time_against_what_holds() {
    let statement = measure();
    let end = statement.appealable();
    assert_eq!(appeal(&statement, false, end), Ok(()));
    assert_eq!(appeal(&statement, true, end), Err(Refusal::Once));
    assert_eq!(appeal(&statement, false, Timestamp(end.0 + 1)), Err(Refusal::TooLate));
    let lifted = Statement { lifted: Some(Timestamp(5)), ..statement };
    assert_eq!(appeal(&lifted, false, Timestamp(6)), Err(Refusal::Gone));
    let alone = Standing { role: Some(Role::Owner), ..Standing::default() };
    let decided = measure();
    assert_eq!(review(&alone, decided.by, &decided, false), Ok(()), "where there is nobody else");
    assert_eq!(review(&alone, decided.person, &decided, false), Err(Refusal::OwnDecision), "about oneself never");
}

#[test]
fn an_owner_stays_and_nobody_rises_above_themselves() {
    let role = |role| Standing { role: Some(role), ..Standing::default() };
    assert_eq!(ban(&role(Role::Leader), &role(Role::Owner)), Err(Refusal::Rank));
    assert_eq!(appoint(&role(Role::Owner), &role(Role::Owner), None), Err(Refusal::Rank));
    assert_eq!(appoint(&role(Role::Leader), &role(Role::Member), Some(Role::Leader)), Err(Refusal::Rank));
    assert_eq!(appoint(&role(Role::Leader), &role(Role::Leader), Some(Role::Member)), Err(Refusal::Rank));
    assert_eq!(leave(&role(Role::Owner)), Err(Refusal::Rank));
    let banned = Standing { banned: true, ..Standing::default() };
    assert_eq!(appoint(&role(Role::Owner), &banned, Some(Role::Member)), Err(Refusal::Banned));
}

#[test]
fn a_role_is_for_those_who_came_and_others_are_invited() {
    let owner = Standing { role: Some(Role::Owner), ..Standing::default() };
    let admin = Standing { admin: true, ..Standing::default() };
    let waits = |waiting| Standing { waiting: Some(waiting), ..Standing::default() };
    let outside = [Standing::default(), waits(MemberState::Invited), waits(MemberState::Pending)];
    for role in Role::ALL {
        for (who, theirs) in [&owner, &admin].into_iter().flat_map(|who| outside.iter().map(move |it| (who, it))) {
            assert_eq!(appoint(who, theirs, Some(*role)), Err(Refusal::NotJoined), "{role} {theirs:?}");
        }
        let follower = Standing { follows: true, ..Standing::default() };
        assert_eq!(appoint(&owner, &follower, Some(*role)), Ok(()), "{role}");
    }
}

#[test]
fn who_is_kept_from_writing_reads_and_votes_and_nobody_below_does_it() {
    let (open, until) = (group(Visibility::Public, Joining::Open), Timestamp(1_764_374_400_000));
    let hushed = Standing { hushed: Some(until), ..Standing::default() };
    for place in [Place::Thread, Place::Reply { locked: false }] {
        assert_eq!(post(&open, &hushed, place, Duration::ZERO), Err(Refusal::Hushed(until)));
    }
    assert_eq!(Refusal::Hushed(until).to_string(), "kept from writing in this group until 2025-11-29T00:00:00Z");
    assert!(
        read(&open, &hushed).is_ok() && vote(Some((&open, &hushed)), &thread(Audience::Public), Vote::Like).is_ok()
    );
    assert_eq!(reword(&hushed), Err(Refusal::Hushed(until)));
    assert_eq!(reword(&Standing { banned: true, ..hushed }), Err(Refusal::Banned));
    assert_eq!(reword(&Standing::default()), Ok(()));
    let role = |role| Standing { role: Some(role), ..Standing::default() };
    assert_eq!(hush(&role(Role::Moderator), &role(Role::Moderator)), Err(Refusal::Rank));
    assert_eq!(hush(&role(Role::Member), &role(Role::Member)), Err(Refusal::NotStaff));
    let banned = Standing { banned: true, ..Standing::default() };
    assert_eq!(hush(&role(Role::Moderator), &banned), Err(Refusal::Once));
    let lift = |who: &Standing, oneself| unhush(who, &Standing { role: who.role, ..hushed }, oneself);
    assert_eq!(unhush(&role(Role::Moderator), &hushed, false), Ok(()));
    assert_eq!(lift(&role(Role::Moderator), false), Err(Refusal::Rank), "nor does an equal take it back");
    let admin = Standing { admin: true, ..hushed };
    assert_eq!(lift(&admin, true), Err(Refusal::Rank), "nobody for themselves");
}

#[test]
fn experts_have_no_power_over_others() {
    let role = |role| Standing { role: Some(role), ..Standing::default() };
    let (expert, member) = (role(Role::Expert), role(Role::Member));
    assert!(attend(&expert).is_ok() && moderate(&expert).is_err() && manage(&expert).is_err());
    assert_eq!(ban(&expert, &member), Err(Refusal::NotStaff));
    assert!(ban(&role(Role::Moderator), &expert).is_ok(), "they are put out like members");
    assert_eq!(appoint(&role(Role::Moderator), &member, Some(Role::Expert)), Err(Refusal::NotStaff));
    assert!(appoint(&role(Role::Leader), &member, Some(Role::Expert)).is_ok());
}

#[test]
fn what_is_hidden_is_private_and_by_invitation() {
    assert_eq!(hide(Visibility::Private, Joining::Invite), Ok(()));
    assert_eq!(hide(Visibility::Private, Joining::Approval), Err(Refusal::OpenDoor));
    assert_eq!(hide(Visibility::Restricted, Joining::Invite), Err(Refusal::OpenDoor));
    let hidden = GroupRules { hidden: true, ..group(Visibility::Private, Joining::Invite) };
    assert_eq!(know(&hidden, &Standing { follows: true, ..Standing::default() }), Err(Refusal::NotMember));
    assert_eq!(know(&group(Visibility::Private, Joining::Invite), &Standing::default()), Ok(()));
    let stranger = Standing::default();
    assert_eq!(acquaint(&hidden, &stranger, true), Ok(()));
    assert_eq!(acquaint(&hidden, &stranger, false), Err(Refusal::NotMember));
    assert_eq!(acquaint(&hidden, &Standing { role: Some(Role::Member), ..stranger }, false), Ok(()));
}

#[test]
fn a_poll_takes_one_ballot_of_others_until_it_closes() {
    let poll = Poll { options: vec![("yes".into(), 0)], closes: Some(Timestamp(9)), ..Poll::default() };
    let post = thread(Audience::Public);
    let at = |poll: &Poll, who: ActorId, before: &[usize], now| choose(None, (&post, poll), (who, before), now);
    assert_eq!(at(&poll, ActorId(3), &[], Timestamp(8)), Ok(()));
    assert_eq!(at(&poll, ActorId(3), &[], Timestamp(9)), Err(Refusal::Closed));
    assert_eq!(at(&poll, post.author, &[], Timestamp(8)), Err(Refusal::OwnPoll));
    assert_eq!(at(&poll, ActorId(3), &[0], Timestamp(8)), Err(Refusal::Voted));
    let multiple = Poll { multiple: true, ..poll };
    assert_eq!(at(&multiple, ActorId(3), &[0], Timestamp(8)), Ok(()));
    let gone = Post { removed: Some(Timestamp(1)), ..thread(Audience::Public) };
    assert_eq!(choose(None, (&gone, &multiple), (ActorId(3), &[]), Timestamp(8)), Err(Refusal::Gone));
}

#[test]
fn a_thread_moves_between_groups_in_which_one_keeps_order() {
    let staff = Standing { role: Some(Role::Moderator), ..Standing::default() };
    let (open, closed) = (group(Visibility::Public, Joining::Open), group(Visibility::Private, Joining::Open));
    let post = thread(Audience::Public);
    assert_eq!(transfer(&post, (&open, &staff), (&open, &staff)), Ok(()));
    for (here, there) in [(Standing::default(), staff), (staff, Standing::default())] {
        assert_eq!(transfer(&post, (&open, &here), (&open, &there)), Err(Refusal::NotStaff));
    }
    for (from, to) in [(&open, &closed), (&closed, &open), (&closed, &closed)] {
        assert_eq!(transfer(&post, (from, &staff), (to, &staff)), Err(Refusal::NotPublic));
    }
    let removed = Post { removed: Some(Timestamp(1)), ..post };
    assert_eq!(transfer(&removed, (&open, &staff), (&open, &staff)), Err(Refusal::Gone));
}

#[test]
fn a_post_moves_within_its_group_and_never_below_itself() {
    let staff = Standing { role: Some(Role::Moderator), ..Standing::default() };
    let (open, topic) = (group(Visibility::Public, Joining::Open), thread(Audience::Public));
    let other = Post { id: PostId(9), root: PostId(9), ..topic.clone() };
    let reply = Post { id: PostId(8), parent: Some(topic.id), depth: 1, ..topic.clone() };
    assert_eq!(graft(&open, &reply, None, 0, &staff), Ok(()));
    assert_eq!(graft(&open, &reply, None, 0, &Standing::default()), Err(Refusal::NotStaff));
    assert_eq!(graft(&open, &topic, None, 0, &staff), Err(Refusal::Once), "it is a thread already");
    assert_eq!(graft(&open, &topic, Some(&other), 0, &staff), Ok(()));
    assert_eq!(graft(&open, &reply, Some(&other), 0, &staff), Err(Refusal::Fixed), "first it is a thread");
    for within in [&topic, &reply] {
        assert_eq!(graft(&open, &topic, Some(within), 0, &staff), Err(Refusal::Fixed));
    }
    assert_eq!(graft(&open, &topic, Some(&other), DEPTH, &staff), Err(Refusal::Fixed), "too deep");
    let elsewhere = Post { group: Some(ActorId(5)), ..other.clone() };
    assert_eq!(graft(&open, &topic, Some(&elsewhere), 0, &staff), Err(Refusal::NotStaff));
    let removed = Post { removed: Some(Timestamp(1)), ..topic };
    assert_eq!(graft(&open, &removed, Some(&other), 0, &staff), Err(Refusal::Gone));
}

#[test]
fn what_stays_at_home_does_so_in_another_thread() {
    let staff = Standing { role: Some(Role::Moderator), ..Standing::default() };
    let quiet = group(Visibility::Private, Joining::Approval);
    let trusted = GroupRules { reach: Reach::Trusted, confides_from: PostId(8), ..quiet };
    let old = thread(Audience::Members);
    let new = Post { id: PostId(9), root: PostId(9), ..old.clone() };
    let late = Post { id: PostId(8), parent: Some(old.id), depth: 1, ..old.clone() };
    for (post, under) in [(&old, Some(&new)), (&new, Some(&old)), (&late, None)] {
        assert_eq!(graft(&trusted, post, under, 0, &staff), Err(Refusal::NotPublic));
        assert_eq!(graft(&quiet, post, under, 0, &staff), Ok(()), "nothing leaves anyway");
    }
    let reply = Post { id: PostId(10), parent: Some(new.id), depth: 1, ..new.clone() };
    assert_eq!(graft(&trusted, &reply, None, 0, &staff), Ok(()));
}

#[test]
fn only_what_is_public_is_quoted_by_others() {
    for audience in Audience::ALL {
        let post = thread(*audience);
        assert_eq!(quote(&post, ActorId(9), false).is_ok(), audience.is_open(), "{audience}");
        for quoting in Quoting::ALL {
            let content = Content { quoting: *quoting, ..post.content.clone() };
            let post = Post { content, ..post.clone() };
            assert_eq!(quote(&post, post.author, false), Ok(()));
            let may = |follows| quote(&post, ActorId(9), follows).is_ok();
            let wished = (*quoting == Quoting::Anybody, *quoting != Quoting::Nobody);
            assert_eq!((may(false), may(true)), (wished.0 && audience.is_open(), wished.1 && audience.is_open()));
        }
        let removed = Post { removed: Some(Timestamp(1)), ..post };
        assert_eq!(quote(&removed, removed.author, false), Err(Refusal::Gone));
    }
}

#[test]
fn authors_elsewhere_say_who_does_what_with_a_post() {
    let (free, asking, no) = (Ok(Approach::Freely), Ok(Approach::Asking), Err(Refusal::NotLet));
    // What everybody else may, whom the post mentions, and both of answering.
    for (leave, others, named, reply) in [
        (Leave::Anybody, free, free, (free, free)),
        (Leave::Asked, asking, asking, (asking, free)),
        (Leave::Nobody, no, asking, (no, free)),
    ] {
        let mut post = thread(Audience::Public);
        post.content.leaves = Leaves { reply: leave, like: leave, share: leave };
        for what in [Consent::Like, Consent::Share] {
            let said = [false, true].map(|mentioned| approach(&post, what, ActorId(9), mentioned));
            assert_eq!(said, [others, named], "{leave} {what}");
        }
        let said = [false, true].map(|mentioned| approach(&post, Consent::Reply, ActorId(9), mentioned));
        assert_eq!(said, [reply.0, reply.1], "{leave}");
        for what in Consent::ALL {
            assert_eq!(approach(&post, *what, post.author, false), free, "{leave} {what}");
        }
        assert_eq!(approach(&post, Consent::Quote, ActorId(9), false), free, "of quotes more is said");
    }
}

#[test]
fn only_what_is_public_is_announced() {
    let public = group(Visibility::Public, Joining::Open);
    for audience in Audience::ALL {
        let open = matches!(audience, Audience::Public | Audience::Unlisted);
        assert_eq!(announce(&public, &thread(*audience)).is_ok(), open, "{audience}");
        assert!(announce(&group(Visibility::Private, Joining::Open), &thread(*audience)).is_err());
    }
    let deleted = Post { deleted: Some(Timestamp(1)), ..thread(Audience::Public) };
    assert_eq!(announce(&public, &deleted), Err(Refusal::Gone));
}

#[test]
fn a_post_is_seen_by_those_it_is_addressed_to() {
    let nobody = Regard::default();
    let mentioned = Regard { mentioned: true, ..nobody };
    let member = Regard { member: true, ..nobody };
    let staff = Regard { member: true, staff: true, ..nobody };
    assert!(see(&thread(Audience::Public), nobody));
    assert!(!see(&thread(Audience::Direct), nobody) && see(&thread(Audience::Direct), mentioned));
    assert!(!see(&thread(Audience::Direct), staff), "keeping order is no key to private talk");
    let team = Regard { team: true, ..nobody };
    assert!(see(&thread(Audience::Direct), team), "unless the group itself is written to");
    assert!(!see(&thread(Audience::Members), team));
    assert!(!see(&thread(Audience::Members), mentioned) && see(&thread(Audience::Members), member));
    let removed = Post { removed: Some(Timestamp(1)), ..thread(Audience::Public) };
    assert!(!see(&removed, member) && see(&removed, staff));
    let deleted = Post { deleted: Some(Timestamp(1)), ..thread(Audience::Public) };
    assert!(!see(&deleted, Regard { author: true, ..staff }));
}

#[test]
fn without_a_word_an_answer_is_no_wider_than_what_it_answers() {
    let width = |audience| match audience {
        Audience::Public => 4,
        Audience::Unlisted => 3,
        Audience::Followers => 2,
        Audience::Members => 1,
        Audience::Direct => 0,
    };
    for usual in Audience::ALL.iter().copied() {
        assert_eq!(address(None, usual, None), usual);
        for parent in Audience::ALL.iter().copied() {
            let answer = address(None, usual, Some(&thread(parent)));
            assert_eq!(width(answer), width(usual).min(width(parent)), "{usual:?} {parent:?}");
            for said in Audience::ALL.iter().copied() {
                assert_eq!(address(Some(said), usual, Some(&thread(parent))), said, "whoever says so is heard");
            }
        }
    }
}
