//! Reporting a post: to the team of its community, wherever that is, and to those who run this site.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Me, Result,
    reports::{self, Complaint},
    view::PostView,
};
use domain::{
    actor::Actor,
    id::HouseRuleId,
    imprint::HouseRule,
    report::{Category, Reach},
};
use serde::Deserialize;

use super::{Asked, Care, REPORT, seen, seen_with_guide};
use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::Card,
    forms::{Choice, Field, Fields, YES},
    grounds,
    language::Language,
    posted::Sent,
    session::Present,
};

/// What was entered about a post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    post: i64,
    what: String,
    /// Whether the server of whoever wrote it gets a copy.
    forward: String,
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

/// Who decides about a post: the team of its community here, that of one elsewhere, or those who run this site.
enum Decider<'a> {
    Here(&'a Actor),
    Elsewhere(&'a Actor),
    Site,
}

impl<'a> Decider<'a> {
    fn of(view: &'a PostView) -> Self {
        match view.group.as_deref() {
            Some(group) if group.is_local() => Self::Here(group),
            Some(group) => Self::Elsewhere(group),
            None => Self::Site,
        }
    }

    /// Where a report goes, and what is said there of who makes it.
    fn explained(&self, t: Language, site: &str) -> String {
        match self {
            Self::Here(group) => t.report_explained(&group.title, site),
            Self::Elsewhere(group) => t.report_explained_elsewhere(&group.title, &group.host, site),
            Self::Site => t.report_explained_site(site),
        }
    }

    /// Where it went.
    fn thanks(&self, t: Language, site: &str) -> String {
        match self {
            Self::Here(group) => t.report_sent_text(&group.title, site),
            Self::Elsewhere(group) => t.report_sent_elsewhere(&group.title, &group.host, site),
            Self::Site => t.report_sent_site(site),
        }
    }
}

/// The offer to send a copy to the server of whoever wrote a post, if that is another one than decides anyway.
fn copy_field(t: Language, view: &PostView) -> Option<Field> {
    let author = &view.author;
    let is_other = author.peer.is_some() && view.group.as_ref().is_none_or(|group| group.peer != author.peer);
    is_other.then(|| Field::check("forward", t.report_copy(&author.host)).hint(t.report_copy_hint()).optional())
}

/// The question which rules of the house are broken; none, if there are no rules.
fn house_field(t: Language, rules: &[HouseRule]) -> Option<Field> {
    let choice = |rule: &HouseRule| Some(Choice::new(rule.id.to_string(), &rule.said(t.tag())?.text, ""));
    let choices: Vec<Choice> = rules.iter().filter_map(choice).collect();
    (!choices.is_empty()).then(|| Field::several(HOUSE, t.which_house_rules(), choices))
}

/// `GET /report`
pub(crate) async fn form(
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
    let fields = [what].into_iter().chain(rules).chain([comment.longest(reports::COMMENT).optional()]);
    let fields = fields.chain(copy_field(t, &view)).collect();
    Ok(Care {
        frame: Frame::private(visit, t.report_post()),
        heading: t.report_post(),
        explanation: Decider::of(&view).explained(t, &visit.site),
        action: REPORT,
        card: Card::new(app, t, &view),
        back: String::new(),
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
            reach: if entered.forward == YES { Reach::Everybody } else { Reach::Team },
        };
        reports::file(&app, me, complaint).await?;
        Ok(Decider::of(&view).thanks(t, &visit.site))
    };
    match filed.await {
        Ok(thanks) => answer::said(&request, &visit, t.report_sent(), thanks),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
