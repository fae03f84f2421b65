//! The commands that work on data: each one action, on the same data as a running server.
mod newcomers;
pub(crate) mod peers;
mod rules;

use std::io::{BufRead, Write};

use app::{App, Me, groups::NewGroup, people::NewPerson};
use domain::{
    actor::Actor,
    handle::Handle,
    id::ActorId,
    time::{Timestamp, span},
};
use serde::Serialize;

use crate::{
    cli::{
        Announcement, AnnouncementCreate, AnnouncementDelete, Failure, Group, GroupCreate, GroupInvite, GroupNamed,
        GroupReach, GroupSuspend, GroupWarn, Person, PersonAlias, PersonCreate, PersonMove, PersonNamed, PersonSuspend,
        Report, ReportList, ReportResolve, Token, TokenCreate,
    },
    compose::{self, Overrides, compose},
    settings::Settings,
};

/// What is printed of a new person or group.
#[derive(Serialize)]
struct Created<'a> {
    id: String,
    name: &'a str,
    handle: String,
    url: &'a str,
}

/// `tertulia person …`
pub(crate) async fn person(settings: &Settings, command: Person) -> Result<(), Failure> {
    let create = match command {
        Person::Create(create) => create,
        Person::Alias(PersonAlias { name, url, remove }) => {
            let app = open(settings).await?;
            let actor = find(&app, &name).await?;
            return app::moves::set_alias(&app, actor.id, url, !remove).await.map_err(|e| refusal(&e));
        }
        Person::Move(PersonMove { name, url }) => {
            let app = open(settings).await?;
            let actor = find(&app, &name).await?;
            return app::moves::depart(&app, actor.id, actor.id, url).await.map_err(|e| refusal(&e));
        }
        Person::Suspend(PersonSuspend { handle, reason }) => {
            let app = open(settings).await?;
            let (me, person) = (rules::operator(&app).await?, find_anywhere(&app, &handle).await?);
            return app::suspensions::suspend(&app, me, person.id, reason).await.map_err(|e| refusal(&e));
        }
        Person::Unsuspend(PersonNamed { handle }) => {
            let app = open(settings).await?;
            let (me, person) = (rules::operator(&app).await?, find_anywhere(&app, &handle).await?);
            return app::suspensions::lift(&app, me, person.id).await.map_err(|e| refusal(&e));
        }
        Person::Waiting => return newcomers::waiting(settings).await,
        Person::Approve(person) => return newcomers::answer(settings, &person.name, None).await,
        Person::Reject(person) => return newcomers::answer(settings, &person.name, Some(person.reason)).await,
        Person::Invite(invite) => return newcomers::invite(settings, invite).await,
    };
    let PersonCreate { name, email, admin, json, password_stdin: _ } = create;
    let password = read_line()?;
    let app = open(settings).await?;
    let language = "es".to_owned();
    let person = app::people::create(&app, NewPerson { name, email, password, admin, language }).await;
    print_actor(&person.map_err(|e| refusal(&e))?, json)
}

/// `tertulia group …`
pub(crate) async fn group(settings: &Settings, command: Group) -> Result<(), Failure> {
    let create = match command {
        Group::Create(create) => create,
        Group::Invite(GroupInvite { group, person, by }) => {
            let app = open(settings).await?;
            let (me, group) = (Me(find(&app, &by).await?.id), find_anybody(&app, &group).await?);
            let person = find_anybody(&app, &person).await?;
            return app::invitations::invite(&app, me, group, person).await.map_err(|e| refusal(&e));
        }
        Group::Suspend(GroupSuspend { group, reason }) => {
            let app = open(settings).await?;
            let (me, group) = (rules::operator(&app).await?, find(&app, &group).await?.id);
            return app::suspensions::close(&app, me, group, reason).await.map_err(|e| refusal(&e));
        }
        Group::Restore(GroupNamed { group }) => {
            let app = open(settings).await?;
            let (me, group) = (rules::operator(&app).await?, find(&app, &group).await?.id);
            return app::suspensions::restore(&app, me, group).await.map_err(|e| refusal(&e));
        }
        Group::Reach(GroupReach { group, reach, by }) => {
            let app = open(settings).await?;
            let (me, group) = (Me(find(&app, &by).await?.id), find(&app, &group).await?.id);
            return app::groups::set_reach(&app, me, group, reach).await.map_err(|e| refusal(&e));
        }
        Group::Warn(GroupWarn { group, person, by, reason }) => {
            let app = open(settings).await?;
            let (me, group) = (Me(find(&app, &by).await?.id), find(&app, &group).await?.id);
            let person = find_anybody(&app, &person).await?;
            return app::moderation::warn(&app, me, group, person, reason.into()).await.map_err(|e| refusal(&e));
        }
    };
    let joining = create.joining();
    let GroupCreate { name, title, owner, summary, visibility, reach, host, json, join: _ } = create;
    if let Err(why) = domain::policy::settle(visibility, joining) {
        tracing::warn!("{why}: whoever follows @{name} reads it");
    }
    let app = open(settings).await?;
    let owner = find(&app, &owner).await?;
    let new = NewGroup { hidden: false, name, title, summary, visibility, joining, reach, host };
    let group = app::groups::create(&app, owner.id, new).await;
    print_actor(&group.map_err(|e| refusal(&e))?, json)
}

/// `tertulia token …`
pub(crate) async fn token(settings: &Settings, Token::Create(create): Token) -> Result<(), Failure> {
    let TokenCreate { person, scopes, json } = create;
    let app = open(settings).await?;
    let person = find(&app, &person).await?;
    let token = app::people::create_token(&app, person.id, &scopes).await.map_err(|e| refusal(&e))?;
    if json {
        let scope = scopes.split_whitespace().collect::<Vec<_>>().join(" ");
        print_json(&serde_json::json!({ "access_token": token, "scope": scope }))
    } else {
        print_line(&token)
    }
}

/// What is printed of an announcement.
#[derive(Serialize)]
struct Told<'a> {
    id: String,
    html: &'a str,
    until: Option<i64>,
}

fn print_announcement(announcement: &store::announcements::Announcement) -> Result<(), Failure> {
    let until = announcement.ends.map(Timestamp::seconds);
    print_json(&Told { id: announcement.id.to_string(), html: &announcement.body, until })
}

/// `tertulia announcement …`
pub(crate) async fn announcement(settings: &Settings, command: Announcement) -> Result<(), Failure> {
    let app = open(settings).await?;
    match command {
        Announcement::Create(AnnouncementCreate { text, hours }) => {
            let ends = hours.map(|hours| app.now() + span::hours(hours.min(24 * 3_650)));
            let made = app::announcements::create(&app, None, text, ends).await;
            print_announcement(&made.map_err(|e| refusal(&e))?)
        }
        Announcement::List => {
            let now = app.now();
            let current = app.read(move |c| store::announcements::current(c, now, 1_000)).await;
            current.map_err(|e| compose::failure(&e))?.iter().try_for_each(print_announcement)
        }
        Announcement::Delete(AnnouncementDelete { id }) => {
            app::announcements::remove(&app, None, id).await.map_err(|e| match e {
                app::Error::NotFound => Failure::Usage(format!("there is no announcement {id}")),
                other => compose::failure(&other),
            })
        }
    }
}

/// `tertulia report …`
pub(crate) async fn report(settings: &Settings, command: Report) -> Result<(), Failure> {
    let app = open(settings).await?;
    match command {
        Report::List(ReportList { person }) => {
            let me = Me(find(&app, &person).await?.id);
            let open = app::reports::open(&app, me).await.map_err(|e| compose::failure(&e))?;
            open.iter().try_for_each(print_json)
        }
        Report::Resolve(ReportResolve { id, by }) => {
            let me = Me(find(&app, &by).await?.id);
            app::reports::resolve(&app, me, id).await.map_err(|e| match e {
                app::Error::NotFound => Failure::Usage(format!("there is no report {id} for `{by}`")),
                other => compose::failure(&other),
            })
        }
    }
}

/// `tertulia migrate`
pub(crate) fn migrate(settings: &Settings) -> Result<(), Failure> {
    if let store::Location::Sqlite(path) = &compose::location(settings)
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder).map_err(|e| Failure::Other(format!("{}: {e}", folder.display())))?;
    }
    store::migrate(&compose::location(settings)).map_err(|e| Failure::Other(format!("database: {e}")))
}

async fn open(settings: &Settings) -> Result<App, Failure> {
    Ok(compose(settings, Overrides::default()).await?.app)
}

async fn find(app: &App, name: &str) -> Result<Actor, Failure> {
    let found = app::people::by_name(app, name).await;
    found.map_err(|e| match e {
        app::Error::NotFound => Failure::Usage(format!("there is no person `{name}` here")),
        other => compose::failure(&other),
    })
}

/// Somebody who is known here, wherever they live.
async fn find_anywhere(app: &App, handle: &Handle) -> Result<Actor, Failure> {
    let handle = handle.clone().localized(app.site().host());
    let host = handle.host.clone().unwrap_or_else(|| app.site().host().clone());
    let name = handle.name.clone();
    let found = app.read(move |c| store::actors::by_handle(c, &name, host.as_str())).await;
    let found = found.map_err(|e| compose::failure(&e))?;
    found.ok_or_else(|| Failure::Usage(format!("nobody is known here as `{}`", handle.acct())))
}

/// A local person by name, or anybody by URL.
async fn find_anybody(app: &App, person: &str) -> Result<ActorId, Failure> {
    if person.contains("://") {
        return app.resolver().actor(app, person).await.map_err(|e| refusal(&e));
    }
    Ok(find(app, person).await?.id)
}

/// What the one who typed the command can mend is their error, the rest is ours.
fn refusal(error: &app::Error) -> Failure {
    match error {
        app::Error::Invalid(_) => Failure::Usage(error.to_string()),
        _ => compose::failure(error),
    }
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| Failure::Other(format!("standard input: {e}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn print_actor(actor: &Actor, json: bool) -> Result<(), Failure> {
    let handle = format!("@{}", actor.handle());
    if json {
        let created = Created { id: actor.id.to_string(), name: &actor.name, handle, url: &actor.url };
        return print_json(&created);
    }
    print_line(&format!("{handle}\n{}", actor.url))
}

pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print_line(&serde_json::to_string(value).map_err(|e| Failure::Other(e.to_string()))?)
}

pub(crate) fn print_line(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|e| Failure::Other(format!("standard output: {e}")))
}
