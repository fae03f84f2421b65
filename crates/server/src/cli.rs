//! The command line, and how a command ends.
mod bench;
mod peers;

use std::{
    ffi::OsString,
    fmt::{self, Write as _},
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    str::FromStr,
};

use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};
use domain::{
    group::{Joining, Reach, Visibility},
    handle::Handle,
    host::Host,
    id::{AnnouncementId, ReportId},
};

pub use self::{
    bench::{Bench, BenchCatchup, BenchClient, BenchFanout, BenchIngest, BenchRead, BenchSetting, BenchStreams},
    peers::{Delivery, DeliveryList, DeliveryReplay, Peer, PeerAllow, PeerBlock, PeerHost, PeerList, PeerRuled},
};
use crate::settings::{self, SETTINGS};

/// Tertulia, a federated community server.
///
/// Its groups can be followed, and written to, from any ActivityPub server.
#[derive(Debug, Parser)]
#[command(name = "tertulia", version, arg_required_else_help = false)]
pub struct Cli {
    /// Read settings from FILE instead of `tertulia.toml` in the working directory.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Migrate the database if needed, serve HTTP and run the workers, until SIGTERM or SIGINT.
    Serve,
    /// Work with people who have a login here.
    #[command(subcommand, arg_required_else_help = false)]
    Person(Person),
    /// Work with groups.
    #[command(subcommand, arg_required_else_help = false)]
    Group(Group),
    /// Work with access tokens for scripts.
    #[command(subcommand, arg_required_else_help = false)]
    Token(Token),
    /// Work with announcements: what everybody with a login here is told.
    #[command(subcommand, arg_required_else_help = false)]
    Announcement(Announcement),
    /// Work with reports: what somebody found wrong with people and posts.
    #[command(subcommand, arg_required_else_help = false)]
    Report(Report),
    /// Look at other servers, and try them again.
    #[command(subcommand, arg_required_else_help = false)]
    Peer(Peer),
    /// Look at what was not delivered yet, and try it again.
    #[command(subcommand, arg_required_else_help = false)]
    Delivery(Delivery),
    /// Migrate the database and exit.
    Migrate,
    /// Say whether configuration, database, media store, clock, name resolution and outside reachability are right.
    Check(Check),
    /// Measure this program on this machine, with data of its own.
    #[command(subcommand, arg_required_else_help = false)]
    Bench(Bench),
}

/// Commands about people.
#[derive(Debug, Subcommand)]
pub enum Person {
    /// Create a person with a login; prints id, name, handle and URL.
    Create(PersonCreate),
    /// Let a person, or a group, say that they are also known by another id, so that their followers can come from there.
    Alias(PersonAlias),
    /// Move a person, or a group, to another id, which must say already that it is also known by the one here. Followers
    /// are told and go along; nothing can be posted or followed here any more. Once a week.
    Move(PersonMove),
    /// Suspend somebody, here or elsewhere, from this whole server: nothing of theirs is shown, follows and memberships end.
    Suspend(PersonSuspend),
    /// Lift a suspension; follows and memberships do not come back by that.
    Unsuspend(PersonNamed),
    /// Print who signed up and waits to be taken in, the oldest first, one JSON object a line.
    Waiting,
    /// Take somebody in who waits for it.
    Approve(PersonWaiting),
    /// Send somebody away who waits to be taken in; nobody else gets their name.
    Reject(PersonReject),
    /// Print a link by which others sign up, without waiting to be taken in.
    Invite(PersonInvite),
}

/// `tertulia person approve`
#[derive(Debug, Args)]
pub struct PersonWaiting {
    /// The name of whoever waits.
    pub name: String,
}

/// `tertulia person reject`
#[derive(Debug, Args)]
pub struct PersonReject {
    /// The name of whoever waits.
    pub name: String,
    /// Why not; they are told.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

/// `tertulia person invite`
#[derive(Debug, Args)]
pub struct PersonInvite {
    /// The name of the admin who invites.
    #[arg(long, value_name = "ADMIN")]
    pub by: String,
    /// How many days the link is good for; without it, for ever.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=3650))]
    pub days: Option<u64>,
    /// How many people it is for; without it, any number.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    pub most: Option<i64>,
}

/// `tertulia person move`
#[derive(Debug, Args)]
pub struct PersonMove {
    /// The name of the local person or group.
    pub name: String,
    /// The id to move to: the URL of the ActivityPub document.
    pub url: String,
}

/// `tertulia person suspend`
#[derive(Debug, Args)]
pub struct PersonSuspend {
    /// The handle: `NAME` for somebody here, `NAME@HOST` for somebody elsewhere who is known here.
    pub handle: Handle,
    /// Why; it stands in the log of the server.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub reason: String,
}

/// `tertulia person unsuspend`
#[derive(Debug, Args)]
pub struct PersonNamed {
    /// The handle: `NAME` for somebody here, `NAME@HOST` for somebody elsewhere who is known here.
    pub handle: Handle,
}

/// `tertulia person alias`
#[derive(Debug, Args)]
pub struct PersonAlias {
    /// The name of the local person or group.
    pub name: String,
    /// The other id: the URL of their ActivityPub document.
    pub url: String,
    /// Say it no more.
    #[arg(long)]
    pub remove: bool,
}

/// `tertulia person create`
#[derive(Debug, Args)]
pub struct PersonCreate {
    /// The name: the part of the handle before the domain.
    pub name: String,
    /// The e-mail address of the login.
    #[arg(long)]
    pub email: String,
    /// Read the password from standard input, up to the end of the line.
    #[arg(long, required = true)]
    pub password_stdin: bool,
    /// Let the person administer this server.
    #[arg(long)]
    pub admin: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Commands about groups.
#[derive(Debug, Subcommand)]
pub enum Group {
    /// Create a group; prints id, name, handle and URL.
    Create(GroupCreate),
    /// Invite somebody to a group: they get a message, and become a member when they follow it or join.
    Invite(GroupInvite),
    /// Warn somebody in the name of a group: they get a message with the reason, and the log of the group shows it.
    Warn(GroupWarn),
    /// Suspend a group: nothing of it is shown, nobody does anything there, and its owners and other servers are told.
    Suspend(GroupSuspend),
    /// Restore a group that was suspended, as it was.
    Restore(GroupNamed),
    /// Choose how far what is written in a private group may go from now on; what was written before stays where it is.
    Reach(GroupReach),
}

/// `tertulia group suspend`
#[derive(Debug, Args)]
pub struct GroupSuspend {
    /// The name of the group.
    pub group: String,
    /// Why; its owners are told, and it stands in the log of the server.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// `tertulia group restore`
#[derive(Debug, Args)]
pub struct GroupNamed {
    /// The name of the group.
    pub group: String,
}

/// `tertulia group reach`
#[derive(Debug, Args)]
pub struct GroupReach {
    /// The name of the group.
    pub group: String,
    /// Nowhere (home), or to the servers of accepted members that keep it among members (trusted).
    #[arg(value_parser = word(Reach::ALL, Reach::as_str))]
    pub reach: Reach,
    /// The name of the local person who owns the group.
    #[arg(long, value_name = "OWNER")]
    pub by: String,
}

/// `tertulia group invite`
#[derive(Debug, Args)]
pub struct GroupInvite {
    /// The name of the group, or the URL of one elsewhere in which they keep order.
    pub group: String,
    /// The name of a local person, or the URL of one elsewhere.
    pub person: String,
    /// The name of the local person who keeps order in the group.
    #[arg(long, value_name = "MODERATOR")]
    pub by: String,
}

/// `tertulia group warn`
#[derive(Debug, Args)]
pub struct GroupWarn {
    /// The name of the group.
    pub group: String,
    /// The name of a local person, or the URL of one elsewhere.
    pub person: String,
    /// The name of the local person who keeps order in the group.
    #[arg(long, value_name = "MODERATOR")]
    pub by: String,
    /// What they are told.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// `tertulia group create`
#[derive(Debug, Args)]
pub struct GroupCreate {
    /// The name: the part of the handle before the domain. People and groups share one namespace.
    pub name: String,
    /// The title people see.
    #[arg(long)]
    pub title: String,
    /// The name of the local person who will own it.
    #[arg(long, value_name = "PERSON")]
    pub owner: String,
    /// What it is about.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub summary: String,
    /// Everybody reads and writes (public), everybody reads and members write (restricted), or members only (private).
    #[arg(long, default_value = "public", value_parser = word(Visibility::ALL, Visibility::as_str))]
    pub visibility: Visibility,
    /// Joining is for everybody (open), for those a moderator admits (approval), or by invitation (invite). [default:
    /// open, but approval for a private group]
    #[arg(long, value_parser = word(Joining::ALL, Joining::as_str))]
    pub join: Option<Joining>,
    /// How far posts of a private group may go: nowhere (home), or to the servers of its members that keep them among
    /// members (trusted); admins there can read them.
    #[arg(long, default_value = "home", value_parser = word(Reach::ALL, Reach::as_str))]
    pub reach: Reach,
    /// The host of its handle, such as the organization's own domain, which must lead to this server.
    #[arg(long, value_parser = host, default_value = None)]
    pub host: Option<Host>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

impl GroupCreate {
    /// How one joins: nobody gets into a private group by asking alone, unless that was said.
    pub fn joining(&self) -> Joining {
        let unsaid = if self.visibility == Visibility::Private { Joining::Approval } else { Joining::Open };
        self.join.unwrap_or(unsaid)
    }
}

/// Commands about tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Create an OAuth bearer token for a person; prints the token and its scope.
    Create(TokenCreate),
}

/// `tertulia token create`
#[derive(Debug, Args)]
pub struct TokenCreate {
    /// The name of the local person it acts for.
    pub person: String,
    /// What it allows, separated by spaces, such as "read write follow push".
    #[arg(long)]
    pub scopes: String,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Commands about reports.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Print the open reports that a person has to see to, the oldest first, one JSON object a line.
    List(ReportList),
    /// Say that a report is dealt with.
    Resolve(ReportResolve),
}

/// `tertulia announcement …`
#[derive(Debug, Subcommand)]
pub enum Announcement {
    /// Tell everybody something, in Markdown; print it as JSON.
    Create(AnnouncementCreate),
    /// Print the announcements that hold, the newest first, one JSON object a line.
    List,
    /// Take an announcement back.
    Delete(AnnouncementDelete),
}

/// `tertulia announcement create`
#[derive(Debug, Args)]
pub struct AnnouncementCreate {
    /// What to say.
    pub text: String,
    /// For how many hours; for good if it is not given.
    #[arg(long, value_name = "HOURS")]
    pub hours: Option<u64>,
}

/// `tertulia announcement delete`
#[derive(Debug, Args)]
pub struct AnnouncementDelete {
    /// Its number, as `announcement list` prints it.
    pub id: AnnouncementId,
}

/// `tertulia report list`
#[derive(Debug, Args)]
pub struct ReportList {
    /// The name of the local person: moderators see the reports of their groups, admins all.
    #[arg(long = "for", value_name = "PERSON")]
    pub person: String,
}

/// `tertulia report resolve`
#[derive(Debug, Args)]
pub struct ReportResolve {
    /// Its number, as `report list` prints it.
    pub id: ReportId,
    /// The name of the local person who dealt with it.
    #[arg(long, value_name = "PERSON")]
    pub by: String,
}

/// `tertulia check`
#[derive(Debug, Args)]
pub struct Check {
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

fn host(text: &str) -> Result<Host, String> {
    Host::parse(text).ok_or_else(|| "this is no host name".to_owned())
}

/// Takes one of the words that an enum of the domain is written with.
fn word<T>(all: &[T], written: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static> + Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(|value| written(*value))).try_map(|word| word.parse())
}

impl Cli {
    /// Reads the arguments; `None` when they asked for help or the version, which is then printed.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, Failure> {
        let parsed = explained(Self::command())
            .try_get_matches_from(arguments)
            .and_then(|mut matches| Self::from_arg_matches_mut(&mut matches));
        match parsed {
            Ok(cli) => Ok(Some(cli)),
            Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
                error.print().map_err(|error| Failure::Other(error.to_string()))?;
                Ok(None)
            }
            Err(error) => Err(Failure::Usage(one_line(&error.to_string()))),
        }
    }
}

/// The complaint of clap without the usage below it, as one line.
fn one_line(complaint: &str) -> String {
    let text = complaint.trim_start_matches("error: ");
    let text = text.split("\n\nUsage:").next().unwrap_or(text);
    let text = text.split("\n\nFor more").next().unwrap_or(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{} (see `--help`)", words.join(" "))
}

/// The settings below the long help of every command: all of them read them.
fn explained(command: clap::Command) -> clap::Command {
    command.after_long_help(settings_help()).mut_subcommands(explained)
}

fn settings_help() -> String {
    let mut help =
        "Settings, from the environment or by the name in brackets from the configuration file:\n".to_owned();
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "none" } else { setting.default };
        let added = write!(
            help,
            "\n  {} [{}]\n      {}\n      Values: {}. Default: {default}\n",
            setting.env, setting.key, setting.meaning, setting.expected,
        );
        debug_assert!(added.is_ok(), "text grows without errors");
    }
    help
}

/// Why a command did not do what it should.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The arguments or the configuration are wrong.
    Usage(String),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// What the shell gets: 2 for wrong arguments and configuration, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Other(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(text) | Self::Other(text)) = self;
        f.write_str(text)
    }
}

impl std::error::Error for Failure {}

impl From<settings::Error> for Failure {
    fn from(error: settings::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Ends the program: says in one line on stderr what failed, if anything did.
pub fn finish(outcome: &Result<(), Failure>) -> ExitCode {
    let Err(failure) = outcome else { return ExitCode::SUCCESS };
    let text = failure.to_string().replace(['\n', '\r'], " ");
    // Nobody is left to be told when stderr is closed; the code still says it.
    writeln!(std::io::stderr(), "tertulia: {text}").unwrap_or_default();
    failure.exit_code().into()
}

#[cfg(test)]
mod tests;
