//! How the server is: red only where somebody has to do something, and then what.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{
    App, Result,
    health::{self, Disk, Health},
};
use askama::Template;
use domain::time::{Timestamp, span};
use store::jobs::Backlog;

use super::{Tab, jobs, people, servers, settings};
use crate::{
    answer::{self, Frame, Keep, Visit},
    language::Language,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin";

/// For how long work that is due may lie there before something is wrong.
const SLOW: Duration = span::minutes(10);

/// How much of a disk is free when one should think of a larger one, and when there is no more time for that.
const SCARCE: u64 = 15;
const FULL: u64 = 5;

/// Within how many days a disk is full when it has to be seen to now, when one should think of it, and when it is so
/// far off that nobody can tell.
const SOON: u64 = 7;
const AHEAD: u64 = 30;
const DISTANT: u64 = 1_000;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Bad,
    Fair,
    Good,
}

impl State {
    /// The look of its chip.
    fn tint(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Fair => "fair",
            Self::Good => "good",
        }
    }

    fn word(self, t: Language) -> &'static str {
        match self {
            Self::Bad => t.state_bad(),
            Self::Fair => t.state_fair(),
            Self::Good => t.state_good(),
        }
    }
}

/// One thing that was looked at.
struct Sign {
    state: State,
    /// The state in a word.
    word: &'static str,
    name: &'static str,
    detail: String,
    /// What to do about it.
    advice: Option<&'static str>,
    /// Where that is done, and what it is called.
    way: Option<(&'static str, &'static str)>,
}

impl Sign {
    fn new(t: Language, state: State, name: &'static str, detail: String) -> Self {
        Self { state, word: state.word(t), name, detail, advice: None, way: None }
    }

    fn advice(self, advice: &'static str) -> Self {
        Self { advice: Some(advice), ..self }
    }
}

#[derive(Template)]
#[template(path = "admin/health.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    signs: Vec<Sign>,
    /// How many of them want something done, and how many want a look.
    bad: usize,
    fair: usize,
    facts: Vec<(&'static str, String)>,
}

/// `GET /admin`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, &by).await)
}

async fn page(app: &App, visit: &Visit, by: &SignedIn) -> Result<Page> {
    let t = visit.language;
    let health = health::look(app, by.me).await?;
    let (frame, tabs) = super::frame(app, visit, t.admin(), PATH);
    let mut signs = signs(t, &health, app.now(), app.mailer().is_some());
    signs.sort_by_key(|sign| sign.state);
    let database = if app.is_alone() { "SQLite" } else { "PostgreSQL" };
    let facts = vec![
        (t.fact_version(), format!("Tertulia {}", health::VERSION)),
        (t.fact_database(), database.to_owned()),
        (t.fact_people(), t.number(health.people)),
        (t.communities(), t.number(health.communities)),
        (t.fact_servers(), t.number(health.servers)),
    ];
    let count = |state: State| signs.iter().filter(|sign| sign.state == state).count();
    Ok(Page { frame, tabs, bad: count(State::Bad), fair: count(State::Fair), signs, facts })
}

fn signs(t: Language, health: &Health, now: Timestamp, has_mailer: bool) -> Vec<Sign> {
    let mut signs = vec![
        backlog(t, t.sign_received(), health.received, now),
        backlog(t, t.sign_jobs(), health.jobs, now),
        deliveries(t, health),
        mail(t, health.letters, has_mailer),
    ];
    signs.extend(health.disk.map(|disk| filling(t, fullness(t, disk), health.days_left)));
    signs.push(if health.is_late {
        Sign::new(t, State::Bad, t.sign_clock(), t.moment(now)).advice(t.advice_clock())
    } else {
        Sign::new(t, State::Good, t.sign_clock(), t.moment(now))
    });
    if health.newcomers > 0 {
        let sign = Sign::new(t, State::Fair, t.sign_newcomers(), t.newcomers_wait(health.newcomers));
        signs.push(Sign { way: Some((people::WAITING, t.admin_people())), ..sign });
    }
    signs
}

/// A queue that this server works off by itself.
fn backlog(t: Language, name: &'static str, queue: Backlog, now: Timestamp) -> Sign {
    let is_slow = queue.oldest.is_some_and(|due| now.since(Timestamp(due)) > SLOW);
    let detail = t.queue_state(queue.parked, queue.waiting);
    match (is_slow, queue.parked > 0) {
        (true, _) => Sign::new(t, State::Bad, name, detail).advice(t.advice_slow()),
        (false, true) => {
            let sign = Sign::new(t, State::Bad, name, detail).advice(t.advice_parked());
            Sign { way: Some((jobs::PATH, t.admin_jobs())), ..sign }
        }
        (false, false) => Sign::new(t, State::Good, name, detail),
    }
}

/// What is to be sent: servers come and go, and nobody here has to do anything about that.
fn deliveries(t: Language, health: &Health) -> Sign {
    let Backlog { waiting, parked, .. } = health.deliveries;
    let detail = format!("{} {}", t.queue_state(parked, waiting), t.servers_silent(health.silent));
    if parked > 0 {
        let sign = Sign::new(t, State::Fair, t.sign_deliveries(), detail).advice(t.advice_deliveries());
        Sign { way: Some((servers::FAILING, t.failing_servers())), ..sign }
    } else {
        Sign::new(t, State::Good, t.sign_deliveries(), detail)
    }
}

fn mail(t: Language, lost: i64, has_mailer: bool) -> Sign {
    if !has_mailer {
        let sign = Sign::new(t, State::Fair, t.sign_mail(), t.mail_none().to_owned()).advice(t.advice_mail_none());
        return Sign { way: Some((settings::MAIL, t.admin_settings())), ..sign };
    }
    if lost > 0 {
        let sign = Sign::new(t, State::Bad, t.sign_mail(), t.mail_lost(lost)).advice(t.advice_mail_lost());
        return Sign { way: Some((jobs::PATH, t.admin_jobs())), ..sign };
    }
    Sign::new(t, State::Good, t.sign_mail(), t.mail_well().to_owned())
}

/// The same, with when the disk is full if it goes on like that.
fn filling(t: Language, sign: Sign, days_left: Option<u64>) -> Sign {
    let Some(days) = days_left.filter(|days| *days < DISTANT) else { return sign };
    let detail = format!("{} {}", sign.detail, t.disk_days(i64::try_from(days).unwrap_or(i64::MAX)));
    let state = match days {
        ..SOON => State::Bad,
        SOON..AHEAD => sign.state.min(State::Fair),
        _ => sign.state,
    };
    let advice = (state != State::Good).then(|| t.advice_disk());
    Sign { advice, ..Sign::new(t, state, sign.name, detail) }
}

fn fullness(t: Language, disk: Disk) -> Sign {
    let share = disk.free.saturating_mul(100).checked_div(disk.all).unwrap_or(0);
    let gigabytes = |bytes: u64| t.number(i64::try_from(bytes >> 30).unwrap_or(i64::MAX));
    let share_left = i64::try_from(share).unwrap_or(0);
    let detail = t.disk_free(gigabytes(disk.all), gigabytes(disk.free), t.number(share_left));
    match share {
        share if share < FULL => Sign::new(t, State::Bad, t.sign_disk(), detail).advice(t.advice_disk()),
        share if share < SCARCE => Sign::new(t, State::Fair, t.sign_disk(), detail).advice(t.advice_disk()),
        _ => Sign::new(t, State::Good, t.sign_disk(), detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_is_what_somebody_has_to_see_to() {
        let (t, now) = (Language::ES, Timestamp(1_800_000_000_000));
        let queue = |waiting, parked, age: Duration| Backlog { waiting, parked, oldest: Some((now - age).0) };
        for (backlog_, state) in [
            (Backlog::default(), State::Good),
            (queue(900, 0, span::seconds(5)), State::Good),
            (queue(1, 0, span::hours(1)), State::Bad),
            (queue(0, 1, Duration::ZERO), State::Bad),
        ] {
            assert_eq!(backlog(t, "", backlog_, now).state, state, "{backlog_:?}");
        }
        for (free, state) in [(50, State::Good), (15, State::Good), (14, State::Fair), (4, State::Bad)] {
            assert_eq!(fullness(t, Disk { free: free << 30, all: 100 << 30 }).state, state, "{free}");
        }
        assert_eq!(fullness(t, Disk { free: 0, all: 0 }).state, State::Bad);
        let roomy = || fullness(t, Disk { free: 50 << 30, all: 100 << 30 });
        for (days, state) in [
            (None, State::Good),
            (Some(5_000), State::Good),
            (Some(200), State::Good),
            (Some(29), State::Fair),
            (Some(6), State::Bad),
        ] {
            let sign = filling(t, roomy(), days);
            assert_eq!((sign.state, sign.advice.is_some()), (state, state != State::Good), "{days:?}");
        }
        assert!(filling(t, roomy(), Some(1)).detail.ends_with("queda espacio para 1 día."));
        let half = fullness(t, Disk { free: 50 << 30, all: 100 << 30 }).detail;
        assert_eq!(half, "Quedan 50 GB libres de 100 GB (50 %).");
        assert_eq!(backlog(t, "", queue(3, 4, Duration::ZERO), now).detail, "En espera: 3. Abandonadas: 4.");
        for (lost, has_mailer, state) in [(0, true, State::Good), (2, true, State::Bad), (0, false, State::Fair)] {
            assert_eq!(mail(t, lost, has_mailer).state, state);
        }
        assert!(mail(t, 2, true).advice.is_some());
    }
}
