//! The commands about which servers we deal with.
use app::{
    App, Me,
    rules::{self, NewRule},
};
use domain::{host::Host, rule::Ruling};
use serde::Serialize;
use store::rules::{Reach, Rule};

use super::{peers::written, print_json, print_line, read_line, refusal};
use crate::cli::{Failure, PeerAllow, PeerBlock};

/// `tertulia peer block`
pub(crate) async fn block(app: &App, command: PeerBlock) -> Result<(), Failure> {
    let PeerBlock { host, comment, private_comment, silence, dry_run, yes, json } = command;
    let (host, ruling) = (parse(&host)?, if silence { Ruling::Silence } else { Ruling::Suspend });
    let me = operator(app).await?;
    let reach = rules::reach(app, me, std::slice::from_ref(&host)).await.map_err(|e| refusal(&e))?;
    if dry_run || !yes {
        if json { print_json(&reach)? } else { print_line(&concerns(&host, &reach))? }
    }
    if dry_run {
        return Ok(());
    }
    if !yes {
        print_line(&format!("Type `yes` to {ruling} {host} and all below it:"))?;
        if read_line()? != "yes" {
            return Err(Failure::Other("nothing was changed".into()));
        }
    }
    set(app, NewRule { host, ruling, public_comment: comment, private_comment }).await
}

/// `tertulia peer allow`
pub(crate) async fn allow(app: &App, PeerAllow { host, comment }: PeerAllow) -> Result<(), Failure> {
    let host = parse(&host)?;
    let (ruling, public_comment) = (Ruling::Allow, String::new());
    set(app, NewRule { host, ruling, public_comment, private_comment: comment }).await
}

/// `tertulia peer unblock`
pub(crate) async fn unblock(app: &App, host: &str) -> Result<(), Failure> {
    let lifted = rules::lift(app, operator(app).await?, &parse(host)?).await;
    lifted.map_err(|error| match error {
        app::Error::NotFound => Failure::Usage(format!("there is no rule about `{host}`")),
        other => refusal(&other),
    })
}

/// `tertulia peer rules`
pub(crate) async fn list(app: &App, json: bool) -> Result<(), Failure> {
    let rules = rules::list(app, operator(app).await?).await.map_err(|e| refusal(&e))?;
    let rules: Vec<Printed> = rules.into_iter().map(Printed::new).collect();
    if json { print_json(&rules) } else { rules.iter().try_for_each(|rule| print_line(&rule.line())) }
}

async fn set(app: &App, rule: NewRule) -> Result<(), Failure> {
    rules::set(app, operator(app).await?, rule).await.map_err(|e| refusal(&e))
}

/// Whoever types commands holds the server itself in hands.
pub(super) async fn operator(app: &App) -> Result<Me, Failure> {
    Ok(Me(app::instance::ensure(app).await.map_err(|e| refusal(&e))?))
}

fn parse(host: &str) -> Result<Host, Failure> {
    host.parse().map_err(|e: domain::host::NoHost| Failure::Usage(e.to_string()))
}

fn concerns(host: &Host, reach: &Reach) -> String {
    let Reach { servers, people, followers, following, members, posts } = reach;
    format!(
        "{host}: {servers} servers known here, {people} people and groups, {followers} follows from there, \
         {following} follows to there, {members} memberships here, {posts} posts"
    )
}

/// What is printed of a rule.
#[derive(Serialize)]
struct Printed {
    host: String,
    rule: &'static str,
    comment: String,
    private_comment: String,
    since: String,
}

impl Printed {
    fn new(rule: Rule) -> Self {
        Self {
            host: rule.host.to_string(),
            rule: rule.ruling.as_str(),
            comment: rule.public_comment,
            private_comment: rule.private_comment,
            since: written(rule.since),
        }
    }

    fn line(&self) -> String {
        let since = format!("since {}", self.since);
        let comments = [&self.comment, &self.private_comment].into_iter().filter(|comment| !comment.is_empty());
        let words: Vec<&str> = std::iter::once(since.as_str()).chain(comments.map(String::as_str)).collect();
        format!("{}: {} {}", self.host, self.rule, words.join(", "))
    }
}
