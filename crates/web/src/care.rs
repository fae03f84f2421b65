//! What is done with a post on a page of its own: deleting one's own, reporting another's, keeping order.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result, posts,
    reports::{self, Complaint},
    view::PostView,
};
use askama::Template;
use domain::{
    id::{HouseRuleId, PostId},
    imprint::HouseRule,
    policy,
    report::Category,
};
use serde::Deserialize;

use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::Card,
    forms::{Choice, Field, Fields},
    grounds::{self, Guide},
    language::Language,
    posted::Sent,
    session::{Present, SignedIn},
};

mod measure;

pub(crate) use measure::{MODERATE, moderate, moderate_form};

/// Where one deletes, and reports.
pub(crate) const DELETE: &str = "/delete";
pub(crate) const REPORT: &str = "/report";

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
