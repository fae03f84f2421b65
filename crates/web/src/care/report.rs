//! Reporting a post, somebody or a community: to the team of the community of the post, wherever that is, and to those who run
//! this site.
use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use app::{
    App, Error, Me, Result,
    reports::{self, Complaint},
    view::PostView,
};
use domain::{
    actor::Actor,
    id::{ActorId, HouseRuleId},
    imprint::HouseRule,
    report::{Category, Reach},
    urls,
};
use serde::Deserialize;

use super::{About, Care, REPORT, seen_with_guide};
use crate::{
    answer::{self, Frame, Keep, Visit},
    bylaws,
    cards::{self, Card},
    forms::{Choice, Field, Fields, YES},
    grounds::{self, Guide},
    language::Language,
    posted::Worded,
    session::Present,
};

/// What is reported: a post, or somebody.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    post: Option<i64>,
    who: Option<i64>,
}

/// The same, found.
enum Reported {
    Post(Box<PostView>, Guide),
    Actor(Box<Actor>),
}

impl Reported {
    async fn find(app: &App, me: Me, asked: Asked) -> Result<Self> {
        match asked {
            Asked { post: Some(post), .. } => {
                let (view, guide) = seen_with_guide(app, me, post).await?;
                Ok(Self::Post(Box::new(view), guide))
            }
            Asked { who: Some(who), .. } => {
                let now = app.now();
                let found = app.read(move |c| {
                    let Some(actor) = store::actors::by_id(c, ActorId(who))? else { return Ok(None) };
                    Ok(app::groups::is_acquainted(c, &actor, me, now)?.then_some(actor))
                });
                let found = found.await?;
                let found = found.filter(|actor| actor.deleted.is_none() && actor.id != me.0);
                found.map(|actor| Self::Actor(Box::new(actor))).ok_or(Error::NotFound)
            }
            Asked { .. } => Err(Error::NotFound),
        }
    }

    /// Who did wrong.
    fn target(&self) -> &Actor {
        match self {
            Self::Post(view, _) => &view.author,
            Self::Actor(actor) => actor,
        }
    }

    /// The community in which it happened.
    fn group(&self) -> Option<&Actor> {
        match self {
            Self::Post(view, _) => view.group.as_deref(),
            Self::Actor(_) => None,
        }
    }

    fn heading(&self, t: Language) -> &'static str {
        match self {
            Self::Post(..) => t.report_post(),
            Self::Actor(actor) if actor.is_group() => t.report_community(),
            Self::Actor(_) => t.report_person(),
        }
    }
}

/// What was entered about it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    post: Option<i64>,
    who: Option<i64>,
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

/// Who decides about it: the team of its community here, that of one elsewhere, or those who run this site.
enum Decider<'a> {
    Here(&'a Actor),
    Elsewhere(&'a Actor),
    Site,
}

impl<'a> Decider<'a> {
    fn of(reported: &'a Reported) -> Self {
        match reported.group() {
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

/// The offer to send a copy to the server of whoever did wrong, if that is another one than decides anyway.
fn copy_field(t: Language, reported: &Reported) -> Option<Field> {
    let author = reported.target();
    let is_other = author.peer.is_some() && reported.group().is_none_or(|group| group.peer != author.peer);
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
    let asked = asked.map(Query::into_inner).unwrap_or_default();
    answer::shown(&request, &visit, Keep::Never, reporting(&app, &visit, by.me, asked).await)
}

async fn reporting(app: &App, visit: &Visit, me: Me, asked: Asked) -> Result<Care> {
    let t = visit.language;
    let reported = Reported::find(app, me, asked).await?;
    let house = app::imprint::house_rules(app).await?;
    let categories = Category::ALL.iter().map(|category| Choice::new(category.as_str(), named(t, *category), ""));
    let comment = Field::lines("reason", 4, t.report_comment()).hint(t.report_comment_hint());
    let what = Field::choices("what", t.report_what(), categories.collect()).value(Category::Violation.as_str());
    let guide = if let Reported::Post(_, guide) = &reported { Some(guide) } else { None };
    let rule =
        guide.and_then(|guide| bylaws::field(t, guide.bylaws.as_ref())).map(|field| field.hint(t.which_rule_hint()));
    let rules = rule.into_iter().chain(house_field(t, &house));
    let fields = [what].into_iter().chain(rules).chain([comment.longest(reports::COMMENT).optional()]);
    let fields = fields.chain(copy_field(t, &reported)).collect();
    Ok(Care {
        frame: Frame::private(visit, reported.heading(t)),
        heading: reported.heading(t),
        explanation: match &reported {
            Reported::Post(..) => Decider::of(&reported).explained(t, &visit.site),
            Reported::Actor(_) => t.report_explained_somebody(&visit.site),
        },
        action: REPORT,
        about: match &reported {
            Reported::Post(view, _) => About::Post(Box::new(Card::new(app, t, view))),
            Reported::Actor(actor) => About::Actor(cards::face(app, actor).await?, actor.id.0),
        },
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
    sent: Worded<Entered, Present>,
) -> HttpResponse {
    let (me, entered, t) = (sent.by.me, sent.entered, visit.language);
    let filed = async {
        let reported = Reported::find(&app, me, Asked { post: entered.post, who: entered.who }).await?;
        let complaint = Complaint {
            target: reported.target().id,
            rules: entered.house_rules(),
            posts: if let Reported::Post(view, _) = &reported { vec![view.post.id] } else { Vec::new() },
            comment: entered.grounds.reason,
            category: entered.what.parse().unwrap_or(Category::Other),
            bylaw: entered.grounds.rule.parse().ok(),
            reach: if entered.forward == YES { Reach::Everybody } else { Reach::Team },
        };
        reports::file(&app, me, complaint).await?;
        let way = match &reported {
            Reported::Post(view, _) => {
                (urls::post(&cards::page_of(app.site(), &view.author), view.post.id), t.back_to_conversation())
            }
            Reported::Actor(actor) => (cards::page_of(app.site(), actor), t.go_back()),
        };
        Ok((Decider::of(&reported).thanks(t, &visit.site), way))
    };
    match filed.await {
        Ok((thanks, way)) => answer::thanks(&request, &visit, t.report_sent(), thanks, way),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
