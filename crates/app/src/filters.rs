//! Filters: what one does not want to see, or only behind a warning.
use domain::{
    filter::{self, Fate, Filter, Keyword, Picked, Place},
    id::{ActorId, FilterId, PostId},
    media::Covered,
    post::Post,
    text::plain,
    time::Timestamp,
};
use store::{Conn, preferences::Reading};

use crate::{App, Change, Error, Me, Result, Tx};

/// How many filters one may have, and how many words or posts in one.
const MOST: usize = 200;

/// The filters of a reader that hold now, for the posts of one place, and how they read.
#[derive(Debug, Clone)]
pub struct Sieve {
    reader: Option<ActorId>,
    place: Place,
    filters: Vec<Filter>,
    reading: Reading,
}

impl Sieve {
    /// Holds nothing back from anybody.
    #[must_use]
    pub fn open(reader: Option<ActorId>) -> Self {
        Self { reader, place: Place::Public, filters: Vec::new(), reading: Reading::default() }
    }

    /// What the filters of `reader` hold back in `place` at `now`.
    pub fn of(conn: &mut Conn, reader: Option<ActorId>, place: Place, now: Timestamp) -> store::Result<Self> {
        let Some(me) = reader else { return Ok(Self::open(None)) };
        let holds = |filter: &&Filter| filter.holds(now) && filter.places.contains(&place);
        let all = store::filters::all(conn, me)?;
        let filters = all.map_or_else(Vec::new, |all| all.filters.iter().filter(holds).cloned().collect());
        Ok(Self { reader, place, filters, reading: store::preferences::reading(conn, me)? })
    }

    /// How they read.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Whose they are.
    #[must_use]
    pub fn reader(&self) -> Option<ActorId> {
        self.reader
    }

    /// What becomes of a post.
    #[must_use]
    pub fn fate(&self, post: &Post) -> Fate {
        let fate = if self.filters.is_empty() {
            Fate::Shown
        } else {
            let matching = filter::matching(&self.filters, self.reader, post, &filter::words(&post.content));
            Fate::of(matching.into_iter().map(|(filter, _)| filter), self.place)
        };
        match fate {
            Fate::Shown if self.reading.covered == Covered::All && !post.content.attachments.is_empty() => Fate::Veiled,
            fate => fate,
        }
    }

    /// These posts without those that are hidden.
    pub fn sift(&self, conn: &mut Conn, mut posts: Vec<PostId>) -> store::Result<Vec<PostId>> {
        if self.filters.is_empty() || posts.is_empty() {
            return Ok(posts);
        }
        let hidden = store::posts::by_ids(conn, &posts)?.into_iter();
        let hidden: Vec<PostId> = hidden.filter(|post| self.fate(post).is_hidden()).map(|post| post.id).collect();
        posts.retain(|post| !hidden.contains(post));
        Ok(posts)
    }
}

fn check(filter: &Filter) -> Result<()> {
    let invalid = |why: &str| Err(Error::Invalid(why.into()));
    if filter.title.trim().is_empty() {
        return invalid("a filter needs a title");
    }
    if filter.places.is_empty() {
        return invalid("a filter needs a context in which it holds");
    }
    if filter.keywords.len() > MOST || filter.picked.len() > MOST {
        return invalid("a filter has too many parts");
    }
    if filter.keywords.iter().any(|keyword| keyword.keyword.trim().is_empty()) {
        return invalid("a keyword is missing");
    }
    Ok(())
}

/// Numbers what is new in a filter, and makes its texts ones of a sensible length.
fn finish(tx: &Tx<'_, '_>, filter: &mut Filter) -> Result<()> {
    check(filter)?;
    filter.title = plain::line(&filter.title, 250);
    for Keyword { id, keyword, .. } in &mut filter.keywords {
        *keyword = plain::line(keyword, 500);
        if id.0 == 0 {
            *id = tx.new_id();
        }
    }
    for Picked { id, .. } in &mut filter.picked {
        if id.0 == 0 {
            *id = tx.new_id();
        }
    }
    Ok(())
}

/// Makes a filter; the number that is given for it and its parts means nothing yet.
pub async fn create(app: &App, me: Me, filter: Filter) -> Result<Filter> {
    app.write(move |tx| {
        if store::filters::of(tx, me.0, None)?.len() >= MOST {
            return Err(Error::Invalid(format!("one may have {MOST} filters")));
        }
        let mut filter = Filter { id: tx.new_id(), ..filter.clone() };
        finish(tx, &mut filter)?;
        store::filters::set(tx, me.0, &filter)?;
        tx.show(Change::Filters(me.0));
        Ok(filter)
    })
    .await
}

/// Changes a filter of mine; parts with the number 0 are new.
pub async fn change(
    app: &App,
    me: Me,
    id: FilterId,
    change: impl Fn(&mut Filter) -> Result<()> + Send + 'static,
) -> Result<Filter> {
    app.write(move |tx| {
        let mut filter = store::filters::of(tx, me.0, Some(id))?.pop().ok_or(Error::NotFound)?;
        change(&mut filter)?;
        finish(tx, &mut filter)?;
        store::filters::set(tx, me.0, &filter)?;
        tx.show(Change::Filters(me.0));
        Ok(filter)
    })
    .await
}

/// Forgets a filter of mine.
pub async fn remove(app: &App, me: Me, id: FilterId) -> Result<()> {
    app.write(move |tx| {
        let filter = store::filters::of(tx, me.0, Some(id))?.pop().ok_or(Error::NotFound)?;
        tx.show(Change::Filters(me.0));
        Ok(store::filters::remove(tx, me.0, filter.id)?)
    })
    .await
}
