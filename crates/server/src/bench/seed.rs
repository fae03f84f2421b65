//! A database that has years behind it: posts in groups and out of them, by people elsewhere whom somebody here follows.
//! They are written through the store, thousands in a transaction, since it is reading them that is measured.
use std::time::{Duration, Instant};

use app::Clock;
use domain::{
    actor::{Actor, ActorKind},
    group::{GroupRules, Joining, Reach, Visibility},
    id::{self, ActorId, NotificationId, PeerId, PostId, TieId},
    post::{Audience, Content, FollowState, Post, PostKind},
    rule::Regard,
    text::search,
    time::{Timestamp, span},
    urls,
};
use store::{Db, follows::Follow, posts::Count};

use super::{activities::text, other};
use crate::cli::Failure;

/// How many people and groups somebody here follows.
const PEOPLE: i64 = 300;
const GROUPS: i64 = 20;
/// On how many servers they are.
const SERVERS: i64 = 16;
/// How many posts go in one transaction.
const BATCH: usize = 5_000;
/// One post in so many begins a thread, in a group and in none by turns.
const PER_THREAD: usize = 5;
/// Among how many of the newest threads replies are spread.
const ALIVE: usize = 200;
/// How many words there are that few posts have.
pub(super) const RARE: usize = 1_000;
/// How many replies there are in the thread that clients read, and in the one that is read as a page.
const LONG: usize = 500;
const PAGE: usize = 100;
/// How many notices wait.
const NOTICES: i64 = 200;

/// Who reads, and the group that they read.
pub(super) struct Reader {
    pub(super) person: ActorId,
    pub(super) group: ActorId,
}

/// What is there to be read.
pub(super) struct Seeded {
    /// A thread with 500 replies.
    pub(super) long: PostId,
    /// The page of a thread with 100 replies, and that of the long one.
    pub(super) page: String,
    pub(super) long_page: String,
    /// One of those who are followed.
    pub(super) author: ActorId,
    /// How long it took.
    pub(super) took: Duration,
}

/// A post with the words by which it is found.
struct Written {
    post: Post,
    terms: String,
}

/// Makes posts, one after another.
struct Pen {
    reader: Reader,
    people: Vec<ActorId>,
    groups: Vec<ActorId>,
    /// The newest threads, by turns.
    threads: Vec<Post>,
    begun: usize,
    first: Timestamp,
    /// How far posts lie apart.
    step: Duration,
    number: usize,
}

/// Fills a database with so many posts of the last two years, and what is read in it.
pub(super) async fn fill(database: &Db, reader: Reader, posts: u32) -> Result<Seeded, Failure> {
    let (start, now) = (Instant::now(), Clock::default().now());
    let (people, groups) = neighbours(database, &reader, now).await?;
    let past = span::days(730);
    let (first, step) = (now - past, past / (posts + 2_000));
    let author = people.first().copied().unwrap_or(reader.person);
    let mut pen = Pen { reader, people, groups, threads: Vec::new(), begun: 0, first, step, number: 0 };
    let posts = usize::try_from(posts).unwrap_or(0);
    let mut batch = pen.batch(posts);
    while !batch.is_empty() {
        // While one is written, the next is made.
        let (written, next) = tokio::join!(write(database, batch), async { pen.batch(posts) });
        written?;
        batch = next;
    }
    let (long, page) = (pen.thread_here(database, LONG).await?, pen.thread_here(database, PAGE).await?);
    notify(database, &pen).await?;
    database.write(store::statistics::gather).await.map_err(other("the database"))?;
    let (page, long_page) = (page_of(&page), page_of(&long));
    Ok(Seeded { long: long.id, page, long_page, author, took: start.elapsed() })
}

/// The path of the page of a post that was written here.
fn page_of(post: &Post) -> String {
    url::Url::parse(&post.url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
}

/// People and groups elsewhere; the reader follows all of them.
async fn neighbours(database: &Db, reader: &Reader, now: Timestamp) -> Result<(Vec<ActorId>, Vec<ActorId>), Failure> {
    let (follower, home) = (reader.person, reader.group);
    let made = database.write(move |tx| {
        let (mut people, mut groups) = (Vec::new(), vec![home]);
        for number in 1..PEOPLE + GROUPS {
            let host = format!("s{}.bench.example", number % SERVERS);
            let peer = store::peers::ensure(tx, PeerId(number), &host, Regard::Welcome)?;
            let is_group = number > PEOPLE;
            let actor = neighbour(number, &host, peer, is_group, now);
            store::actors::insert(tx, &actor)?;
            if is_group {
                store::groups::set_rules(tx, &open_to_all(actor.id))?;
            }
            if is_group { groups.push(actor.id) } else { people.push(actor.id) }
        }
        for target in people.iter().chain(&groups).copied() {
            let (state, activity_uri) = (FollowState::Accepted, format!("urn:follow:{target}"));
            store::follows::set(tx, TieId(target.0), &Follow { follower, target, state, activity_uri, created: now })?;
        }
        Ok::<_, store::Error>((people, groups))
    });
    made.await.map_err(other("the database"))
}

fn open_to_all(id: ActorId) -> GroupRules {
    GroupRules {
        hidden: false,
        id,
        visibility: Visibility::Public,
        joining: Joining::Open,
        moderators_only: false,
        reach: Reach::Home,
        confides_from: PostId(0),
    }
}

fn neighbour(number: i64, host: &str, peer: PeerId, is_group: bool, now: Timestamp) -> Actor {
    let (kind, name) = if is_group {
        (ActorKind::Group, format!("grupo{number}"))
    } else {
        (ActorKind::Person, format!("vecina{number}"))
    };
    let uri = format!("https://{host}/@{name}");
    Actor {
        id: ActorId(number),
        peer: Some(peer),
        title: format!("Vecina {number} del barrio"),
        summary: format!("<p>{}</p>", text(usize::try_from(number).unwrap_or(0))),
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        followers: Some(format!("{uri}/followers")),
        ..Actor::new(kind, uri, (&name, host), now)
    }
}

impl Pen {
    /// The next posts, until there are so many in all.
    fn batch(&mut self, all: usize) -> Vec<Written> {
        let count = all.saturating_sub(self.number).min(BATCH);
        (0..count).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> Written {
        let number = self.number;
        if number.is_multiple_of(PER_THREAD) || self.threads.is_empty() {
            let group = (self.begun.is_multiple_of(2)).then(|| pick(&self.groups, self.begun / 2)).flatten();
            let post = self.post(None, group);
            if self.threads.len() < ALIVE {
                self.threads.push(post.post.clone());
            } else if let Some(old) = self.threads.get_mut(self.begun % ALIVE) {
                *old = post.post.clone();
            }
            self.begun += 1;
            return post;
        }
        // No two runs of replies are alike.
        let at = (number.wrapping_mul(2_654_435_761) >> 7) % self.threads.len();
        let parent = self.threads.get(at).cloned();
        self.post(parent.as_ref(), None)
    }

    /// A post by somebody elsewhere.
    fn post(&mut self, parent: Option<&Post>, group: Option<ActorId>) -> Written {
        let number = self.number;
        self.number += 1;
        let published = self.first + self.step * u32::try_from(number).unwrap_or(u32::MAX);
        let id = PostId::at_or_before(id::at(published, u16::try_from(number % 16_000 * 4).unwrap_or(0)));
        let author = pick(&self.people, number.wrapping_mul(7_919)).unwrap_or(self.reader.person);
        let uri = format!("https://s{}.bench.example/notes/{number}", author.0 % SERVERS);
        let said = format!("{} tema{}", text(number), number % RARE);
        let terms = search::analyze(&said, Some("es"));
        let title = group.map(|_| format!("De qué hablamos hoy, {number}"));
        let content =
            Content { html: format!("<p>{said}</p>"), title, language: Some("es".to_owned()), ..Content::default() };
        let post = Post {
            id,
            url: uri.clone(),
            uri,
            kind: PostKind::Note,
            author,
            group: parent.map_or(group, |parent| parent.group),
            parent: parent.map(|parent| parent.id),
            root: parent.map_or(id, |parent| parent.root),
            depth: i32::from(parent.is_some()),
            audience: Audience::Public,
            content,
            local: false,
            published,
            edited: None,
            deleted: None,
            removed: None,
            locked: None,
            featured: None,
        };
        Written { post, terms }
    }

    /// A thread of the reader in their group, with so many replies.
    async fn thread_here(&mut self, database: &Db, replies: usize) -> Result<Post, Failure> {
        let group = self.reader.group;
        let Written { mut post, terms } = self.post(None, Some(group));
        let person = self.reader.person;
        let author = database.read(move |c| store::actors::by_id(c, person)).await.map_err(other("the database"))?;
        let uri = urls::post(&author.map(|author| author.uri).unwrap_or_default(), post.id);
        post = Post { author: person, url: uri.clone(), uri, local: true, ..post };
        let begun = post.clone();
        write(database, vec![Written { post, terms }]).await?;
        let mut parents = vec![begun.clone()];
        let mut all = Vec::new();
        for number in 0..replies {
            // Half of them answer the first, the others one another.
            let at = if number.is_multiple_of(2) { 0 } else { number / 2 % parents.len() };
            let parent = parents.get(at).cloned();
            let reply = self.post(parent.as_ref(), None);
            parents.push(reply.post.clone());
            all.push(reply);
        }
        write(database, all).await?;
        Ok(begun)
    }
}

fn pick(all: &[ActorId], number: usize) -> Option<ActorId> {
    all.get(number.checked_rem(all.len())?).copied()
}

/// Writes posts as if they had come one by one, in one transaction.
async fn write(database: &Db, posts: Vec<Written>) -> Result<(), Failure> {
    let written = database.write(move |tx| {
        for Written { post, terms } in &posts {
            store::posts::insert(tx, post, &[])?;
            store::search::index(tx, post.id, terms)?;
            if let Some(parent) = post.parent {
                store::posts::count(tx, parent, Count::Replies, 1)?;
            }
        }
        Ok::<_, store::Error>(())
    });
    written.await.map_err(other("the database"))
}

/// Tells the reader of some of the last posts.
async fn notify(database: &Db, pen: &Pen) -> Result<(), Failure> {
    let (account, people) = (pen.reader.person, pen.people.clone());
    let posts: Vec<PostId> = pen.threads.iter().map(|post| post.id).collect();
    let now = Clock::default().now();
    let told = database.write(move |tx| {
        for number in 0..NOTICES {
            let at = now - span::minutes(u64::try_from(NOTICES - number).unwrap_or(0));
            let place = usize::try_from(number).unwrap_or(0);
            let (Some(by), Some(post)) = (pick(&people, place), posts.get(place.checked_rem(posts.len()).unwrap_or(0)))
            else {
                continue;
            };
            let id = NotificationId(id::at(at, 0) / NotificationId::STEP * NotificationId::STEP);
            store::notifications::insert(tx, id, account, "mention", by, Some(post.0), (at, false))?;
        }
        Ok::<_, store::Error>(())
    });
    told.await.map_err(other("the database"))
}
