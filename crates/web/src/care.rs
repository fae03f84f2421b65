//! What is done with a post on a page of its own: deleting one's own, reporting another's (or whoever it is that does wrong),
//! keeping order.
use app::{App, Error, Me, Result, view::PostView};
use askama::Template;
use domain::{id::PostId, policy};
use serde::Deserialize;

use crate::{
    answer::Frame,
    cards::{Card, Face},
    forms::Fields,
    grounds::Guide,
};

pub(crate) mod deletion;
mod measure;
pub(crate) mod report;

pub(crate) use measure::{MODERATE, moderate, moderate_form};

/// Where one deletes, and reports.
pub(crate) const DELETE: &str = "/delete";
pub(crate) const REPORT: &str = "/report";

/// The post that a page is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    post: i64,
    /// Where one came from, if that is not the page of the post.
    #[serde(default)]
    back: String,
    /// The rule that somebody said is broken.
    #[serde(default)]
    rule: String,
}

/// What a page is about.
enum About {
    Post(Box<Card>),
    /// Somebody, or a community, with its number.
    Actor(Face, i64),
}

impl About {
    /// The field that says what it is, and its number.
    fn field(&self) -> (&'static str, i64) {
        match self {
            Self::Post(card) => ("post", card.id),
            Self::Actor(_, id) => ("who", *id),
        }
    }

    fn page(&self) -> &str {
        match self {
            Self::Post(card) => &card.page,
            Self::Actor(face, _) => &face.page,
        }
    }
}

#[derive(Template)]
#[template(path = "care.html")]
struct Care {
    frame: Frame,
    heading: &'static str,
    explanation: String,
    action: &'static str,
    about: About,
    back: String,
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
