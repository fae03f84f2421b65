//! Views: all that a page or a document of an actor or a post needs, in a fixed number of queries.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    actor::Actor,
    emoji::Palette,
    group::GroupRules,
    id::{ActorId, PostId},
    post::{Post, Quote, Tally},
    text::title,
};
use store::{Conn, Result, actors::KeyRow, held::Held};

/// An actor with its public keys and, for a group, its rules.
#[derive(Debug, Clone)]
pub struct ActorView {
    /// The actor.
    pub actor: Actor,
    /// The rules, if it is a group.
    pub rules: Option<GroupRules>,
    /// Its keys, without their private halves.
    pub keys: Vec<KeyRow>,
    /// By which other ids it is known, as it says.
    pub aliases: Vec<String>,
    /// By which id it is found now, if it moved.
    pub moved: Option<String>,
    /// Hosts whose pages may name it as their author.
    pub attribution: Vec<String>,
    /// What is talked about in it, if it is a group of ours: hashtags without their sign.
    pub topics: Vec<String>,
    /// The custom emoji in its texts.
    pub palette: Palette,
}

/// The post that another one replies to.
#[derive(Debug, Clone)]
pub struct Parent {
    /// The post, whatever its state.
    pub post: Arc<Post>,
    /// Who wrote it.
    pub author: Arc<Actor>,
}

/// A post with everybody it concerns.
#[derive(Debug, Clone)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// Who wrote it; many posts of a page are by the same few.
    pub author: Arc<Actor>,
    /// The group it stands in.
    pub group: Option<Arc<Actor>>,
    /// What it replies to.
    pub parent: Option<Parent>,
    /// The id on the network of the post that started its thread.
    pub root_uri: String,
    /// Whom it mentions.
    pub mentioned: Vec<Arc<Actor>>,
    /// What it quotes.
    pub quote: Option<Quote>,
    /// Whether it waits, or was not let in: nobody but its author and the team sees it.
    pub held: Option<Held>,
    /// What others did with it.
    pub tally: Tally,
    /// The custom emoji in its texts, and in those of the people it concerns.
    pub palette: Arc<Palette>,
}

impl PostView {
    /// The title for those who see the text alone: none if the text begins with it anyway, or the warning says it.
    pub fn title_before_text(&self) -> Option<&str> {
        let content = &self.post.content;
        let (given, warning) =
            (content.title.as_deref().filter(|title| !title.is_empty())?, content.warning.as_deref());
        if warning.is_some_and(|warning| warning.starts_with(given)) {
            return None;
        }
        let named = self.group.iter().chain(&self.mentioned).filter(|actor| actor.is_group());
        let groups: Vec<&str> = named.map(|actor| actor.name.as_str()).collect();
        (title::derived(&content.html, warning, &groups).as_deref() != Some(given)).then_some(given)
    }
}

/// The view of an actor.
pub fn actor(conn: &mut Conn, actor: Actor) -> Result<ActorView> {
    let rules = if actor.is_group() { store::groups::rules(conn, actor.id)? } else { None };
    let mut keys = store::actors::keys(conn, actor.id)?;
    for key in &mut keys {
        key.private = None;
    }
    let aliases = store::moves::aliases(conn, actor.id)?;
    let moved = match store::moves::last(conn, actor.id)? {
        Some((target, _)) => store::actors::by_id(conn, target)?.map(|target| target.uri),
        None => None,
    };
    let attribution = match rules {
        None => store::profile_sources::of(conn, actor.id)?.unwrap_or_default().attribution,
        Some(_) => Vec::new(),
    };
    let topics = match rules {
        Some(_) if actor.is_local() => topics(conn, actor.id)?,
        _ => Vec::new(),
    };
    let palette = palette(conn, [&actor])?;
    Ok(ActorView { actor, rules, keys, aliases, moved, attribution, topics, palette })
}

/// What is talked about in a group: the words of its themes, and its own.
pub fn topics(conn: &mut Conn, group: ActorId) -> Result<Vec<String>> {
    let (themes, mut topics) = store::charters::themes(conn, group)?;
    topics.retain(|topic| !themes.iter().any(|theme| theme.as_str() == topic));
    Ok(themes.iter().map(|theme| theme.as_str().to_owned()).chain(topics).collect())
}

/// The custom emoji in the texts of actors.
pub fn palette<'a>(conn: &mut Conn, actors: impl IntoIterator<Item = &'a Actor>) -> Result<Palette> {
    store::emoji::palette(conn, actors.into_iter().flat_map(|actor| actor.texts().map(|text| (actor.peer, text))))
}

/// The view of a post.
pub fn post(conn: &mut Conn, post: Post) -> Result<PostView> {
    let missing = || store::Error::Corrupt("a post without its author".to_owned());
    posts(conn, vec![post])?.pop().ok_or_else(missing)
}

/// The views of posts, in their order. Who may read them was decided before.
pub fn posts(conn: &mut Conn, mut posts: Vec<Post>) -> Result<Vec<PostView>> {
    count_polls(conn, &mut posts)?;
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let mut near: Vec<PostId> = posts.iter().flat_map(|post| post.parent.into_iter().chain([post.root])).collect();
    near.retain(|id| !ids.contains(id));
    near.sort_unstable();
    near.dedup();
    let near = store::posts::by_ids(conn, &near)?;
    let mentions = store::posts::mentions(conn, &ids)?;

    let mut people: Vec<ActorId> = posts.iter().chain(&near).map(|post| post.author).collect();
    people.extend(posts.iter().filter_map(|post| post.group));
    people.extend(mentions.iter().map(|(_, person)| *person));
    people.sort_unstable();
    people.dedup();
    let people: HashMap<ActorId, Arc<Actor>> =
        store::actors::by_ids(conn, &people)?.into_iter().map(|actor| (actor.id, Arc::new(actor))).collect();
    let quotes = store::quotes::of(conn, &ids)?;
    let tallies = store::posts::tallies(conn, &ids)?;
    let out: Vec<PostId> = posts.iter().filter(|post| post.removed.is_some()).map(|post| post.id).collect();
    let held = store::held::among(conn, &out)?;

    let peer_of = |post: &Post| people.get(&post.author).and_then(|author| author.peer);
    let said = posts.iter().flat_map(|post| post.content.texts().map(|text| (peer_of(post), text)));
    let of_people = people.values().flat_map(|actor| actor.texts().map(|text| (actor.peer, text)));
    let palette = Arc::new(store::emoji::palette(conn, said.chain(of_people))?);

    let wanted: HashSet<PostId> = posts.iter().flat_map(|post| post.parent.into_iter().chain([post.root])).collect();
    let known = posts.iter().chain(&near).filter(|post| wanted.contains(&post.id));
    let known: HashMap<PostId, Arc<Post>> = known.map(|post| (post.id, Arc::new(post.clone()))).collect();
    let parent = |post: &Post| {
        let post = known.get(&post.parent?)?.clone();
        Some(Parent { author: people.get(&post.author)?.clone(), post })
    };
    let view = |mut post: Post| {
        let author = people.get(&post.author)?;
        post.content.sensitive |= author.veiled && !post.content.attachments.is_empty();
        Some(PostView {
            author: author.clone(),
            group: post.group.and_then(|group| people.get(&group).cloned()),
            parent: parent(&post),
            root_uri: known.get(&post.root).map_or_else(|| post.uri.clone(), |root| root.uri.clone()),
            mentioned: mentions
                .iter()
                .filter(|(id, _)| *id == post.id)
                .filter_map(|(_, person)| people.get(person).cloned())
                .collect(),
            quote: quotes.get(&post.id).cloned(),
            held: held.iter().find(|held| held.post == post.id).copied(),
            tally: tallies.get(&post.id).copied().unwrap_or_default(),
            palette: Arc::clone(&palette),
            post,
        })
    };
    Ok(posts.into_iter().filter_map(view).collect())
}

/// Fills in what was counted in the polls among these posts.
pub(crate) fn count_polls(conn: &mut Conn, posts: &mut [Post]) -> Result<()> {
    let asking: Vec<PostId> = posts.iter().filter(|post| post.content.poll.is_some()).map(|post| post.id).collect();
    if asking.is_empty() {
        return Ok(());
    }
    let counts = store::polls::counts(conn, &asking)?;
    for post in posts {
        if let Some(counted) = counts.get(&post.id) {
            post.content.poll = post.content.poll.take().map(|poll| poll.counting(counted));
        }
    }
    Ok(())
}
