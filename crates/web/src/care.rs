//! What is done with a post on a page of its own: deleting one's own, reporting another's, keeping order.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    moderation::{self, Measure},
    posts,
    reports::{self, Complaint},
    transfers,
    view::PostView,
};
use askama::Template;
use domain::{
    id::{ActorId, HouseRuleId, PostId},
    imprint::HouseRule,
    policy,
    report::Category,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::Card,
    deeds, desk,
    forms::{Choice, Field, Fields},
    grounds::{self, Guide},
    language::Language,
    members,
    posted::Sent,
    session::{Present, SignedIn},
};

/// Where one deletes, reports, and keeps order.
pub(crate) const DELETE: &str = "/delete";
pub(crate) const REPORT: &str = "/report";
pub(crate) const MODERATE: &str = "/moderate";

/// The post that a page is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    post: i64,
}

/// What was entered about a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    post: i64,
    what: String,
    to: String,
    #[serde(flatten)]
    grounds: grounds::Entered,
    /// The rules of the house that are broken, each under a name of its own.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// What every field begins with that names a rule of the house.
const HOUSE: &str = "house";

impl Entered {
    fn house_rules(&self) -> Vec<HouseRuleId> {
        let named = self.rest.iter().filter(|(name, _)| name.starts_with(HOUSE));
        named.filter_map(|(_, id)| id.parse().ok().map(HouseRuleId)).collect()
    }
}

/// The question which rules of the house are broken; none, if there are no rules.
fn house_field(t: Language, rules: &[HouseRule]) -> Option<Field> {
    let choice = |rule: &HouseRule| Some(Choice::new(rule.id.to_string(), &rule.said(t.tag())?.text, ""));
    let choices: Vec<Choice> = rules.iter().filter_map(choice).collect();
    (!choices.is_empty()).then(|| Field::several(HOUSE, t.which_house_rules(), choices))
}

#[derive(Template)]
#[template(path = "care.html")]
struct Care {
    frame: Frame,
    heading: &'static str,
    explanation: &'static str,
    action: &'static str,
    card: Card,
    form: Fields,
    send: &'static str,
    is_danger: bool,
    /// What else helps, and where.
    ways: Vec<(String, &'static str)>,
}

async fn seen(app: &App, me: Me, id: i64) -> Result<PostView> {
    let found = app.read(move |c| match store::posts::seen(c, PostId(id), Some(me.0))? {
        Some(post) => app::view::post(c, post).map(Some),
        None => Ok(None),
    });
    found.await?.ok_or(Error::NotFound)
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

/// The same as [`seen`], with what its community has at hand to judge it.
async fn seen_with_guide(app: &App, me: Me, id: i64) -> Result<(PostView, Guide)> {
    let view = seen(app, me, id).await?;
    let Some(group) = view.post.group else { return Ok((view, Guide::default())) };
    let now = app.now();
    let guide = app.read(move |c| {
        let standing = store::groups::standing(c, group, me.0, now)?;
        Ok(Guide { may_set_rules: policy::manage(&standing).is_ok(), ..Guide::of(c, group)? })
    });
    Ok((view, guide.await?))
}

/// A post of one's own.
async fn own(app: &App, me: Me, id: i64) -> Result<PostView> {
    let view = seen(app, me, id).await?;
    if view.post.author == me.0 { Ok(view) } else { Err(Error::NotFound) }
}

/// `GET /delete`
pub(crate) async fn delete_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: SignedIn,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let t = visit.language;
    let page = own(&app, by.me, asked.map_or(0, |asked| asked.post)).await.map(|view| Care {
        frame: Frame::private(&visit, t.delete_post()),
        heading: t.delete_post(),
        explanation: t.delete_explained(),
        action: DELETE,
        card: Card::new(&app, t, &view),
        form: Fields::default(),
        send: t.delete(),
        is_danger: true,
        ways: Vec::new(),
    });
    answer::shown(&request, &visit, Keep::Never, page)
}

/// `POST /delete`
pub(crate) async fn delete(request: HttpRequest, app: Data<App>, visit: Visit, sent: Sent<Entered>) -> HttpResponse {
    let (me, id) = (sent.by.me, sent.entered.post);
    let deleted = async {
        let view = own(&app, me, id).await?;
        posts::delete(&app, me, view.post.id).await?;
        Ok(view.group.map_or_else(|| view.author.uri.clone(), |group| crate::cards::page_of(app.site(), &group)))
    };
    match deleted.await {
        Ok(page) => answer::redirect(StatusCode::SEE_OTHER, &page),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// `GET /report`
pub(crate) async fn report_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let id = asked.map_or(0, |asked| asked.post);
    answer::shown(&request, &visit, Keep::Never, reporting(&app, &visit, by.me, id).await)
}

async fn reporting(app: &App, visit: &Visit, me: Me, id: i64) -> Result<Care> {
    let t = visit.language;
    let (view, guide) = seen_with_guide(app, me, id).await?;
    let house = app::imprint::house_rules(app).await?;
    let categories = Category::ALL.iter().map(|category| Choice::new(category.as_str(), named(t, *category), ""));
    let comment = Field::lines("reason", 4, t.report_comment()).hint(t.report_comment_hint());
    let what = Field::choices("what", t.report_what(), categories.collect()).value(Category::Violation.as_str());
    let rule = bylaws::field(t, guide.bylaws.as_ref()).map(|field| field.hint(t.which_rule_hint()));
    let rules = rule.into_iter().chain(house_field(t, &house));
    let fields = [what].into_iter().chain(rules).chain([comment.longest(reports::COMMENT).optional()]).collect();
    Ok(Care {
        frame: Frame::private(visit, t.report_post()),
        heading: t.report_post(),
        explanation: t.report_explained(),
        action: REPORT,
        card: Card::new(app, t, &view),
        form: Fields::new(fields),
        send: t.send_report(),
        is_danger: false,
        ways: Vec::new(),
    })
}

pub(crate) fn named(t: Language, category: Category) -> &'static str {
    match category {
        Category::Spam => t.category_spam(),
        Category::Legal => t.category_legal(),
        Category::Violation => t.category_violation(),
        Category::Other => t.category_other(),
    }
}

/// `POST /report`
pub(crate) async fn report(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Entered, Present>,
) -> HttpResponse {
    let (me, entered, t) = (sent.by.me, sent.entered, visit.language);
    let filed = async {
        let view = seen(&app, me, entered.post).await?;
        let complaint = Complaint {
            target: view.post.author,
            rules: entered.house_rules(),
            posts: vec![view.post.id],
            comment: entered.grounds.reason,
            category: entered.what.parse().unwrap_or(Category::Other),
            bylaw: entered.grounds.rule.parse().ok(),
            forward: false,
        };
        reports::file(&app, me, complaint).await
    };
    match filed.await {
        Ok(_) => answer::said(&request, &visit, t.report_sent(), t.report_sent_text()),
        Err(error) => answer::error(&request, &visit, &error),
    }
}

/// What may be done with a post, and why.
fn moderating(
    app: &App,
    visit: &Visit,
    (view, guide): (&PostView, &Guide),
    destinations: Vec<Choice>,
    entered: &Entered,
) -> Care {
    let (t, post) = (visit.language, &view.post);
    let transfers = !destinations.is_empty();
    let to = Field::select("to", t.move_to(), destinations).hint(t.move_to_hint()).value(&entered.to).optional();
    let pairs = [
        if post.removed.is_some() { ("restore", t.restore()) } else { ("remove", t.remove()) },
        if post.locked.is_some() { ("unlock", t.unlock()) } else { ("lock", t.lock()) },
        if post.featured.is_some() { ("unpin", t.unpin()) } else { ("pin", t.pin()) },
    ];
    let transfer = transfers.then_some(("move", t.move_thread()));
    let warning = ("warn", t.warn_author());
    let choices =
        pairs.into_iter().chain([warning]).chain(transfer).map(|(word, label)| Choice::new(word, label, "")).collect();
    let what = Field::choices("what", t.measure(), choices).value(&entered.what);
    let asked = [what].into_iter().chain(transfers.then_some(to));
    Care {
        frame: Frame::private(visit, t.moderate_post()),
        heading: t.moderate_post(),
        explanation: t.moderate_explained(),
        action: MODERATE,
        card: Card::new(app, t, view),
        form: Fields::new(asked.chain(grounds::fields(t, guide, &entered.grounds)).collect()),
        send: t.apply(),
        is_danger: false,
        ways: ways(t, view, guide),
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

/// A post to be judged, with all that is needed for it.
async fn judged(app: &App, me: Me, id: i64) -> Result<(PostView, Guide, Vec<Choice>)> {
    let (view, guide) = seen_with_guide(app, me, id).await?;
    let destinations = destinations(app, me, &view).await?;
    Ok((view, guide, destinations))
}

/// `GET /moderate`
pub(crate) async fn moderate_form(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    by: Present,
    asked: Option<Query<Asked>>,
) -> HttpResponse {
    let found = judged(&app, by.me, asked.map_or(0, |asked| asked.post)).await;
    let page = found.map(|(view, guide, destinations)| {
        moderating(&app, &visit, (&view, &guide), destinations, &Entered::default())
    });
    answer::shown(&request, &visit, Keep::Never, page)
}

/// What is done with a post.
enum Deed {
    Measure(Measure),
    Warn,
    Transfer,
}

impl Deed {
    fn of(word: &str) -> Option<Self> {
        Some(Self::Measure(match word {
            "remove" => Measure::Remove,
            "restore" => Measure::Restore,
            "lock" => Measure::Lock,
            "unlock" => Measure::Unlock,
            "pin" => Measure::Feature,
            "unpin" => Measure::Unfeature,
            "warn" => return Some(Self::Warn),
            "move" => return Some(Self::Transfer),
            _ => return None,
        }))
    }
}

/// `POST /moderate`
pub(crate) async fn moderate(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Entered, Present>,
) -> HttpResponse {
    let (me, entered, t) = (sent.by.me, sent.entered, visit.language);
    let deed = Deed::of(&entered.what);
    let (view, guide, destinations) = match judged(&app, me, entered.post).await {
        Ok(found) => found,
        Err(error) => return answer::error(&request, &visit, &error),
    };
    let to = destinations.iter().find(|choice| choice.value == entered.to).and_then(|to| to.value.parse().ok());
    let flaw = match (&deed, to) {
        (None, _) => Some(("what", t.flaw_choice())),
        (Some(Deed::Transfer), None) => Some(("to", t.flaw_choice())),
        // Where there are rules, nobody is told that something was done about them without being told why.
        (Some(Deed::Measure(Measure::Remove | Measure::Lock)), _)
            if guide.bylaws.is_some() && entered.grounds.is_empty() =>
        {
            Some(("rule", t.flaw_grounds()))
        }
        (Some(Deed::Warn), _) if entered.grounds.reason.trim().is_empty() => Some(("reason", t.flaw_warning())),
        _ => None,
    };
    if let Some((field, flaw)) = flaw {
        let mut page = moderating(&app, &visit, (&view, &guide), destinations, &entered);
        page.form.flaw(field, flaw);
        return answer::page(&request, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page);
    }
    let (post, grounds) = (view.post.id, entered.grounds.read());
    let done = match (deed, to) {
        (Some(Deed::Measure(measure)), _) => moderation::take(&app, me, post, measure, grounds).await,
        (Some(Deed::Warn), _) => moderation::warn_author(&app, me, post, grounds).await,
        (Some(Deed::Transfer), Some(to)) => transfers::transfer(&app, me, post, ActorId(to), grounds.reason).await,
        (Some(Deed::Transfer), None) | (None, _) => Err(Error::NotFound),
    };
    match done {
        Ok(()) => answer::redirect(StatusCode::SEE_OTHER, &crate::compose::page_of(&app, &view.author, post)),
        Err(error) => deeds::done(&request, &app, &visit, Err(error), ""),
    }
}
