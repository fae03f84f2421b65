//! Polls: what was asked, what was counted, and choosing by a form.
use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, Error, polls, view::PostView};
use domain::{
    id::{ActorId, PostId},
    text::html,
};
use store::Conn;

use crate::{
    answer::{self, Visit},
    deeds,
    language::{self, Language},
    posted::Sent,
    session::Present,
};

/// Where one chooses.
pub(crate) const CHOOSE: &str = "/choose";

/// An option as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// HTML, with emoji as pictures.
    pub(crate) shown: String,
    /// Of a hundred who voted, how many chose it; nothing, as long as nobody sees that.
    pub(crate) share: Option<u32>,
    /// Whether whoever looks at it did.
    pub(crate) is_mine: bool,
}

/// A poll as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Ballot {
    pub(crate) choices: Vec<Choice>,
    pub(crate) is_multiple: bool,
    pub(crate) voters: i64,
    /// Whether whoever looks at it can choose now.
    pub(crate) is_open: bool,
    pub(crate) has_chosen: bool,
    /// Whether people see what was counted for each choice.
    pub(crate) shows_totals: bool,
    /// Whether it is not over yet.
    pub(crate) is_running: bool,
    /// Whether a guest chooses in it from their own server.
    pub(crate) is_elsewhere: bool,
    /// When it closes or closed, in words and for software.
    pub(crate) end: Option<(String, String)>,
}

/// How many of a hundred `votes` of `whole` are, rounded.
fn percent(votes: u32, whole: u64) -> u32 {
    u32::try_from((u64::from(votes) * 100 + whole / 2) / whole.max(1)).unwrap_or(100).min(100)
}

impl Ballot {
    /// The poll of a post; `mine` is what whoever looks at it chose, nothing if they cannot choose.
    pub(crate) fn of(app: &App, t: Language, view: &PostView, mine: Option<&[usize]>) -> Option<Self> {
        let poll = view.post.content.poll.as_ref()?;
        let cast = poll.options.iter().map(|(_, votes)| u64::from(*votes));
        // Some servers count votes and no voters.
        let whole = u64::from(poll.voters).max(if poll.multiple { 0 } else { cast.sum() });
        let shows_totals = poll.shows_totals(app.now());
        let is_mine = |place: usize| mine.is_some_and(|mine| mine.contains(&place));
        let choice = |(place, (name, votes)): (usize, &(String, u32))| Choice {
            shown: view.palette.paint(app.site(), view.author.peer, &html::escape(name)),
            share: shows_totals.then(|| percent(*votes, whole)),
            is_mine: is_mine(place),
        };
        let closed = poll.is_closed(app.now());
        let end = poll.closes.map(|at| {
            let moment = t.moment(at);
            (if closed { t.poll_closed(moment) } else { t.poll_closes(moment) }, language::machine_moment(at))
        });
        let has_chosen = mine.is_some_and(|mine| !mine.is_empty());
        Some(Self {
            choices: poll.options.iter().enumerate().map(choice).collect(),
            is_multiple: poll.multiple,
            voters: i64::try_from(whole).unwrap_or(i64::MAX),
            is_open: !closed && mine.is_some() && !has_chosen,
            has_chosen,
            shows_totals,
            is_running: !closed,
            is_elsewhere: false,
            end,
        })
    }
}

/// What `viewer` chose in the polls among these posts.
pub(crate) fn chosen(
    c: &mut Conn,
    viewer: Option<ActorId>,
    posts: &[PostId],
) -> store::Result<HashMap<PostId, Vec<usize>>> {
    match viewer {
        Some(me) if !posts.is_empty() => store::polls::chosen(c, me, posts),
        _ => Ok(HashMap::new()),
    }
}

/// `POST /choose`
pub(crate) async fn choose(
    request: HttpRequest,
    app: Data<App>,
    visit: Visit,
    sent: Sent<Vec<(String, String)>, Present>,
) -> HttpResponse {
    let (mut choices, mut post, mut back) = (Vec::new(), None, "/");
    for (name, value) in &sent.entered {
        match name.as_str() {
            "choice" => choices.extend(value.parse::<usize>()),
            "post" => post = value.parse().ok().map(PostId),
            "back" => back = value,
            _ => {}
        }
    }
    let Some(post) = post else { return answer::error(&request, &visit, &Error::NotFound) };
    let result = polls::vote(&app, sent.by.me, post, choices).await.map(drop);
    let back = format!("{back}#p{post}");
    deeds::done(&request, &app, &visit, result, &back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded() {
        assert_eq!([0, 1, 2, 3].map(|votes| percent(votes, 3)), [0, 33, 67, 100]);
        assert_eq!((percent(0, 0), percent(5, 3)), (0, 100), "others may count as they like");
    }
}
