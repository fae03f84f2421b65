//! Keeping order: what the team of a community does with a post, and why.
use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result, grafts,
    moderation::{self, Measure},
    paces, transfers,
    view::PostView,
};
use domain::{
    id::{ActorId, PostId},
    pace::{Lane, Pace},
    policy::Refusal,
    text::html,
    time::Timestamp,
};
use serde::Deserialize;
use store::threads::{Order, Scope};

use super::{About, Asked, Care, seen_with_guide};
use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::Card,
    deeds, desk,
    forms::{Choice, Field, Fields},
    grounds::{self, Guide},
    language::Language,
    members, paces as slow,
    posted::Worded,
    said::{self, Said},
    search,
    session::Present,
};

/// Where one keeps order.
pub(crate) const MODERATE: &str = "/moderate";

/// What is done for a reason that whoever wrote it is told.
const FOUNDED: &str = "remove lock warn hush";
/// How many threads are offered to put one under, and how much of one without a title.
const NEIGHBOURS: i64 = 20;
const HEADLINE: usize = 80;

/// What was entered about a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    post: i64,
    what: String,
    to: String,
    pace: String,
    hush: String,
    title: String,
    into: String,
    /// The number of the thread to put it under, if it is one of those that are offered.
    under: String,
    back: String,
    #[serde(flatten)]
    grounds: grounds::Entered,
}

/// A post to be judged, with all that is needed for it.
struct Judged {
    view: PostView,
    guide: Guide,
    /// Where it may go, if it may.
    destinations: Vec<Choice>,
    /// How often one writes below it, if that is limited.
    pace: Option<Pace>,
    /// The other threads in which something was said last, under which it may be put.
    neighbours: Vec<Choice>,
}

impl Judged {
    async fn of(app: &App, me: Me, id: i64) -> Result<Self> {
        let (view, guide) = seen_with_guide(app, me, id).await?;
        let destinations = destinations(app, me, &view).await?;
        let post = view.post.id;
        let lanes = app.read(move |c| store::paces::among(c, &[Lane::Thread(post)])).await?;
        let pace = lanes.first().map(|(_, span)| Pace { span: *span, last: None });
        let neighbours = neighbours(app, me, &view).await?;
        Ok(Self { view, guide, destinations, pace, neighbours })
    }

    /// Whether it can become a thread of its own.
    fn splits(&self) -> bool {
        !self.view.post.is_thread() && self.view.post.is_live() && self.view.group.is_some()
    }

    /// Whether it stands in a community here.
    fn is_here(&self) -> bool {
        self.view.group.as_ref().is_some_and(|group| group.is_local())
    }

    /// Whether what happens below it is decided here.
    fn is_thread_here(&self) -> bool {
        self.view.post.is_thread() && self.is_here()
    }
}

/// The other threads of its group here in which something was said last, of a thread that can be put under one of them.
async fn neighbours(app: &App, me: Me, view: &PostView) -> Result<Vec<Choice>> {
    let (own, is_fit) = (view.post.id, view.post.is_thread() && view.post.is_live());
    let group = view.group.as_ref().filter(|group| is_fit && group.is_local()).map(|group| group.id);
    let Some(group) = group else { return Ok(Vec::new()) };
    let found = app.read(move |c| {
        let threads = store::threads::page(c, Scope::Group(group), Order::Active, Some(me.0), None, NEIGHBOURS)?;
        let ids: Vec<PostId> = threads.iter().map(|thread| thread.post).filter(|id| *id != own).collect();
        Ok((store::posts::by_ids(c, &ids)?, ids))
    });
    let (posts, ids) = found.await?;
    let choice = |id: &PostId| {
        let content = &posts.iter().find(|post| post.id == *id)?.content;
        let said = [&content.title, &content.warning].into_iter().flatten().find(|said| !said.is_empty());
        let said = said.cloned().unwrap_or_else(|| html::excerpt(&content.html, HEADLINE));
        Some(Choice::new(id.to_string(), said, ""))
    };
    Ok(ids.iter().filter_map(choice).collect())
}

/// Where a thread may go: to the other communities of the same server that everybody reads and in which `me` keeps order.
async fn destinations(app: &App, me: Me, view: &PostView) -> Result<Vec<Choice>> {
    let Some(group) = view.group.as_ref().filter(|_| view.post.is_thread() && view.post.is_live()) else {
        return Ok(Vec::new());
    };
    let (from, peer) = (group.id, group.peer);
    let groups = app.read(move |c| {
        let mine = store::groups::moderated_by(c, me.0)?;
        let mut open = store::actors::open_groups_among(c, &[mine, vec![from]].concat(), peer)?;
        // Out of one that only members read, nothing goes.
        let may_leave = open.iter().any(|group| group.id == from);
        open.retain(|group| may_leave && group.id != from);
        Ok(open)
    });
    Ok(groups.await?.iter().map(|group| Choice::new(group.id.to_string(), &group.title, "")).collect())
}

/// The page on which it is decided what is done with a post.
fn page(app: &App, visit: &Visit, judged: &Judged, entered: &Entered) -> Care {
    let (t, post) = (visit.language, &judged.view.post);
    let transfers = !judged.destinations.is_empty();
    let to = Field::select("to", t.move_to(), judged.destinations.clone()).hint(t.move_to_hint());
    let (slows, hushes) = (judged.is_thread_here(), judged.is_here());
    let days = members::HUSHES.iter().map(|days| Choice::new(days.to_string(), t.days(*days), "")).collect();
    let days = Field::select("hush", t.ban_for(), days).hint(t.hush_explained()).value(&entered.hush).only_for("hush");
    let pairs = [
        if post.removed.is_some() { ("restore", t.restore()) } else { ("remove", t.remove()) },
        if post.locked.is_some() { ("unlock", t.unlock()) } else { ("lock", t.lock()) },
        if post.featured.is_some() { ("unpin", t.unpin()) } else { ("pin", t.pin()) },
    ];
    let (splits, merges) = (judged.splits(), !judged.neighbours.is_empty());
    let further = [
        Some(("warn", t.warn_author())),
        hushes.then_some(("hush", t.hush_author())),
        slows.then_some(("slow", t.pace())),
        splits.then_some(("split", t.split_off())),
        merges.then_some(("merge", t.merge())),
        transfers.then_some(("move", t.move_thread())),
    ];
    let choices = pairs.into_iter().chain(further.into_iter().flatten());
    let choices = choices.map(|(word, label)| Choice::new(word, label, "")).collect();
    let asked = [
        Some(Field::choices("what", t.measure(), choices).value(&entered.what)),
        hushes.then_some(days),
        slows.then(|| slow::field(t, judged.pace).hint(t.pace_hint_thread()).only_for("slow")),
        splits.then(|| {
            Field::line("title", t.split_title()).hint(t.split_title_hint()).value(&entered.title).only_for("split")
        }),
        merges.then(|| {
            let under = Field::select("under", t.merge_under(), judged.neighbours.clone()).hint(t.merge_under_hint());
            under.value(&entered.under).only_for("merge")
        }),
        merges.then(|| {
            let into = Field::exact("into", "text", t.merge_into()).hint(t.merge_into_hint()).longest(2_000);
            into.value(&entered.into).only_for("merge")
        }),
        transfers.then(|| to.value(&entered.to).only_for("move")),
    ];
    // A rule was broken, and a word is due, where something is taken from somebody; a reason is told for everything.
    let founded = |field: Field| match field.id {
        "rule" => field.only_for(FOUNDED),
        "note" => Field { is_said_optional: true, ..field.only_for(FOUNDED) },
        _ => field,
    };
    let grounds = grounds::fields(t, &judged.guide, &entered.grounds).into_iter().map(founded);
    let fields = asked.into_iter().flatten().chain(grounds);
    Care {
        frame: Frame::private(visit, t.moderate_post()),
        heading: t.moderate_post(),
        explanation: t.moderate_explained().to_owned(),
        action: MODERATE,
        about: About::Post(Box::new(Card::new(app, t, &judged.view))),
        back: Some(entered.back.clone()).filter(|back| said::is_path(back)).unwrap_or_default(),
        form: Fields::new(fields.collect()),
        send: t.apply(),
        is_danger: false,
        ways: ways(t, &judged.view, &judged.guide),
    }
}

/// From a post to whoever wrote it, and to the rules if there are none yet.
fn ways(t: Language, view: &PostView, guide: &Guide) -> Vec<(String, &'static str)> {
    let Some(group) = view.group.as_ref().filter(|group| group.is_local()) else { return Vec::new() };
    let person = (members::page_of(group.id, view.post.author), t.about_its_author());
    let rules = (guide.bylaws.is_none() && guide.may_set_rules)
        .then(|| (desk::page(bylaws::PATH, group.id), t.write_the_rules()));
    [person].into_iter().chain(rules).collect()
}

/// `GET /moderate`
pub(crate) async fn moderate_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let (post, back, rule) = asked.map(|Query(Asked { post, back, rule })| (post, back, rule)).unwrap_or_default();
    let entered = Entered { back, grounds: grounds::Entered::naming(rule), ..Entered::default() };
    let shown = Judged::of(&app, by.me, post).await.map(|judged| page(&app, &visit, &judged, &entered));
    answer::shown(&request, &visit, Keep::Never, shown)
}

/// What is done with a post.
enum Deed {
    Measure(Measure),
    Warn,
    Hush(Timestamp),
    Slow(Duration),
    Split,
    Merge,
    Transfer(ActorId),
}

impl Deed {
    /// What was entered, or which field makes no sense.
    fn read(app: &App, t: Language, judged: &Judged, entered: &Entered) -> Result<Self, (&'static str, &'static str)> {
        let is_unfounded = judged.guide.bylaws.is_some() && entered.grounds.is_empty();
        // Where there are rules, nobody is told that something was done about them without being told why.
        let founded = |measure| if is_unfounded { Err(("rule", t.flaw_grounds())) } else { Ok(Self::Measure(measure)) };
        match entered.what.as_str() {
            "remove" => founded(Measure::Remove),
            "restore" => Ok(Self::Measure(Measure::Restore)),
            "lock" => founded(Measure::Lock),
            "unlock" => Ok(Self::Measure(Measure::Unlock)),
            "pin" => Ok(Self::Measure(Measure::Feature)),
            "unpin" => Ok(Self::Measure(Measure::Unfeature)),
            "warn" if entered.grounds.read().reason.is_empty() => Err(("reason", t.flaw_warning())),
            "warn" => Ok(Self::Warn),
            "hush" if entered.grounds.is_empty() => Err(("reason", t.flaw_grounds())),
            "hush" => members::hush_until(app, &entered.hush).map(Self::Hush).ok_or(("hush", t.flaw_choice())),
            "slow" => slow::read(&entered.pace).map(Self::Slow).ok_or(("pace", t.flaw_choice())),
            "split" if entered.title.trim().is_empty() => Err(("title", t.flaw_title())),
            "split" => Ok(Self::Split),
            "merge" => Ok(Self::Merge),
            "move" => {
                let to = judged.destinations.iter().find(|choice| choice.value == entered.to);
                let to = to.and_then(|to| to.value.parse().ok()).map(ActorId);
                to.map(Self::Transfer).ok_or(("to", t.flaw_choice()))
            }
            _ => Err(("what", t.flaw_choice())),
        }
    }

    async fn take(self, app: &App, me: Me, post: PostId, entered: &Entered) -> Result<()> {
        let grounds = entered.grounds.read();
        match self {
            Self::Measure(measure @ (Measure::Remove | Measure::Lock)) => {
                moderation::take(app, me, post, measure, grounds).await
            }
            // Nobody is told of a rule that the form does not ask for here, even if it was chosen for something else before.
            Self::Measure(measure) => moderation::take(app, me, post, measure, grounds.reason.into()).await,
            Self::Hush(until) => moderation::hush_author(app, me, post, until, grounds).await,
            Self::Warn => moderation::warn_author(app, me, post, grounds).await,
            Self::Slow(span) => paces::set(app, me, Lane::Thread(post), span, grounds.reason).await,
            Self::Split => grafts::split(app, me, post, entered.title.clone(), grounds.reason).await,
            Self::Merge => {
                // Whoever enters an address as well means that one.
                let into = match entered.under.parse() {
                    Ok(chosen) if entered.into.trim().is_empty() => PostId(chosen),
                    _ => search::post_at(app, &entered.into).await?.ok_or(Error::NotFound)?,
                };
                grafts::merge(app, me, post, into, grounds.reason).await
            }
            Self::Transfer(to) => transfers::transfer(app, me, post, to, grounds.reason).await,
        }
    }
}

/// `POST /moderate`
pub(crate) async fn moderate(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Worded<Entered, Present>,
) -> HttpResponse {
    let (me, entered) = (sent.by.me, sent.entered);
    let judged = match Judged::of(&app, me, entered.post).await {
        Ok(judged) => judged,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let deed = match Deed::read(&app, visit.language, &judged, &entered) {
        Ok(deed) => deed,
        Err((field, flaw)) => {
            let mut page = page(&app, &visit, &judged, &entered);
            page.form.flaw(field, flaw);
            return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
        }
    };
    let post = judged.view.post.id;
    match deed.take(&app, me, post, &entered).await {
        Err(Error::NotFound | Error::Denied(Refusal::Fixed | Refusal::NotStaff)) if entered.what == "merge" => {
            let mut page = page(&app, &visit, &judged, &entered);
            page.form.flaw("into", visit.language.flaw_into());
            answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page)
        }
        Ok(()) if !entered.back.is_empty() => said::back(&app, &visit, &entered.back, Said::Measure),
        Ok(()) => answer::redirect(StatusCode::SEE_OTHER, &crate::compose::page_of(&app, &judged.view.author, post)),
        Err(error) => deeds::done(&request, &app, &visit, Err(error), ""),
    }
}
