//! The page on which one writes: its fields, what is attached, and how it will be read.
use app::{App, Me, Result, filters::Sieve, media::Lender, posts::Writing};
use askama::Template;
use domain::{
    actor::Actor,
    emoji::Emoji,
    id::{ActorId, MediaId, PostId},
    media::{Media, MediaState},
    post::Post,
    text::html,
    urls::{self, Sheet},
};

use super::{
    Aim,
    entered::{Entered, SPANS, USUAL},
};
use crate::{
    answer::{Frame, Visit},
    cards::{Card, Face},
    forms::{Choice, Field, Fields},
    language::Language,
    later, paces,
    readers::{self, Readers},
    threads::{self, Near},
};

/// More communities nobody follows: one chooses from all of one's own.
const GROUPS: i64 = 10_000;
/// How many options of a poll are offered at first, and at most.
const OPTIONS: usize = 4;
/// The languages one may choose from: what is spoken where Tertulia is at home, and what is read most besides.
pub(crate) const TONGUES: [(&str, &str); 12] = [
    ("es", "Español"),
    ("en", "English"),
    ("ca", "Català"),
    ("gl", "Galego"),
    ("eu", "Euskara"),
    ("pt", "Português"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("eo", "Esperanto"),
];

/// Something that is attached.
pub(super) struct Piece {
    pub(super) id: MediaId,
    /// A small picture of it, if it is one.
    picture: Option<String>,
    pub(super) alt: String,
    pub(super) is_picture: bool,
}

/// An emoji of this server, to be put into the text.
pub(super) struct Sign {
    /// Its name between colons.
    name: String,
    picture: String,
}

/// The emoji of this server that are shown.
async fn signs(app: &App) -> Result<Vec<Sign>> {
    let ours = app.read(store::emoji::ours).await?;
    let shown = ours.iter().filter(|emoji| emoji.enabled);
    let sign = |emoji: &Emoji| Sign { name: format!(":{}:", emoji.shortcode), picture: emoji.picture(app.site()) };
    Ok(shown.map(sign).collect())
}

/// What was written as it will be read.
pub(super) struct Preview {
    /// Here.
    card: Card,
    /// Elsewhere, on a microblog: sanitised, with emoji as pictures.
    toot: String,
    /// Conversations that are likely to be about the same.
    similar: Vec<Near>,
}

impl Preview {
    pub(super) async fn of(app: &App, t: Language, me: Me, writing: Writing, aim: &Aim) -> Result<Self> {
        let changed = if let Aim::Edit(post) = aim { Some(post.id) } else { None };
        let view = app::posts::preview(app, me, writing, changed).await?;
        let is_thread = matches!(aim, Aim::Thread);
        let found = app.read(move |c| {
            let quoted = threads::quoted(c, std::iter::once(&view), Some(me.0))?;
            let similar = if is_thread { app::similar::to_written(c, &view.post)? } else { Vec::new() };
            Ok((view, quoted, similar))
        });
        let (view, quoted, similar) = found.await?;
        let toot = html::for_microblogs(view.title_before_text(), &view.post.content.html);
        Ok(Self {
            toot: view.palette.paint(app.site(), None, &toot),
            similar: similar.iter().map(|(thread, author)| Near::new(app, t, thread, author)).collect(),
            card: Card {
                quoted: threads::quoted_by(app, t, &view, &quoted, &Sieve::open(None)),
                ..Card::new(app, t, &view)
            },
        })
    }
}

#[derive(Template)]
#[template(path = "compose.html")]
pub(super) struct Compose {
    frame: Frame,
    heading: &'static str,
    pub(super) form: Fields,
    /// When it is to be published, where one may say so.
    pub(super) later: Fields,
    pub(super) entered: Entered,
    pub(super) pieces: Vec<Piece>,
    /// Whether more can be attached.
    has_room: bool,
    /// The options of a poll that are offered, filled in or not; none where a poll cannot be asked.
    options: Vec<String>,
    spans: Vec<(&'static str, &'static str, bool)>,
    /// The emoji of this server.
    signs: Vec<Sign>,
    /// The community in which they never wrote.
    newcomer_in: Option<String>,
    /// The rules of the community it will stand in, and what that is called.
    rules: Option<(String, String)>,
    /// What it replies to.
    original: Option<Card>,
    /// What it quotes.
    quoted: Option<Card>,
    pub(super) preview: Option<Preview>,
    pub(super) is_recovered: bool,
    /// Who will read it.
    readers: Option<readers::Told>,
    /// How often one writes there, where slow mode is on.
    pace: Option<String>,
    /// Whether it may be published with pictures that are not described.
    pub(super) is_undescribed: bool,
    /// What the button says that sends it; nothing, if it cannot be sent any more.
    send: Option<&'static str>,
}

pub(super) async fn page(app: &App, visit: &Visit, me: Me, aim: &Aim, entered: Entered) -> Result<Compose> {
    let t = visit.language;
    let group = known(app, me, entered.group.parse().ok()).await?;
    let entered = Entered { group: group.map(|group| group.to_string()).unwrap_or_default(), ..entered };
    let fields = fields(app, t, me, aim, &entered).await?;
    let original = match aim {
        Aim::Reply(post) => Some(card(app, t, post.clone()).await?),
        Aim::Thread | Aim::Edit(_) | Aim::Lost => None,
    };
    let quoted = match entered.quote.parse() {
        Ok(id) => {
            let seen = app.read(move |c| store::posts::seen(c, PostId(id), Some(me.0))).await?;
            match seen {
                Some(post) => Some(card(app, t, post).await?),
                None => None,
            }
        }
        Err(_none) => None,
    };
    let (heading, send) = match aim {
        Aim::Thread => (t.new_thread(), Some(t.publish())),
        Aim::Reply(_) => (t.reply_to(), Some(t.send_reply())),
        Aim::Edit(_) => (t.edit_post(), Some(t.save())),
        Aim::Lost => (t.lost_aim(), None),
    };
    let mut frame = Frame::private(visit, heading);
    frame.place = "write";
    let mut options = Vec::new();
    if matches!(aim, Aim::Thread | Aim::Reply(_)) {
        options.clone_from(&entered.options);
        options.resize(options.len().max(OPTIONS), String::new());
    }
    let pieces = pieces(app, me, &entered).await?;
    let later = match aim {
        Aim::Thread | Aim::Reply(_) => {
            let zone = if entered.zone.is_empty() { later::zone_of(app, me).await? } else { entered.zone.clone() };
            later::questions(t, &entered.due, &zone)
        }
        Aim::Edit(_) | Aim::Lost => Fields::default(),
    };
    let pace = pace(app, t, me, aim, &entered).await?;
    let newcomer_in = match (aim, entered.group.parse()) {
        (Aim::Thread, Ok(group)) => newcomer_in(app, me, ActorId(group)).await?,
        _ => None,
    };
    Ok(Compose {
        rules: rules(app, me, aim, &entered).await?,
        readers: readers(app, me, aim).await?.map(|readers| readers.told(t)),
        pace,
        newcomer_in,
        frame,
        heading,
        form: Fields::new(fields),
        later,
        has_room: pieces.len() < app::media::MOST,
        pieces,
        options,
        spans: spans(t, &entered.lasts),
        signs: signs(app).await?,
        entered,
        original,
        quoted,
        preview: None,
        is_recovered: false,
        is_undescribed: false,
        send,
    })
}

/// The community of somebody who has only one, and need not choose.
pub(super) async fn only_group(app: &App, me: Me) -> Result<Option<i64>> {
    let groups = app.read(move |c| store::follows::groups(c, me.0, 2)).await?;
    Ok(if let [only] = groups.as_slice() { Some(only.id.0) } else { None })
}

/// The number of a community that one came with, if one may know of it: what the page says of it is not for others.
pub(super) async fn known(app: &App, me: Me, group: Option<i64>) -> Result<Option<i64>> {
    let Some(group) = group else { return Ok(None) };
    Ok(app::groups::is_somebody(app, ActorId(group), Some(me.0)).await?.then_some(group))
}

/// The language of a community in which only one is spoken.
pub(super) async fn only_language(app: &App, group: ActorId) -> Result<Option<String>> {
    let charter = app.read(move |c| store::charters::of(c, group)).await?;
    let spoken = charter.map(|charter| charter.languages).unwrap_or_default();
    Ok(if let [only] = spoken.as_slice() { Some(only.clone()) } else { None })
}

/// How often one writes where this will stand, if slow mode is on there.
async fn pace(app: &App, t: Language, me: Me, aim: &Aim, entered: &Entered) -> Result<Option<String>> {
    let lane = match aim {
        Aim::Thread => entered.group.parse().ok().map(|group| (ActorId(group), None)),
        Aim::Reply(post) => post.group.map(|group| (group, Some(post.root))),
        Aim::Edit(_) | Aim::Lost => None,
    };
    let Some(lane) = lane else { return Ok(None) };
    let pace = app.read(move |c| app::paces::of(c, lane, Some(me.0))).await?;
    Ok(paces::said(t, pace, app.now()))
}

/// The rules of the community in which it will stand, if it has any, and what that is called.
async fn rules(app: &App, me: Me, aim: &Aim, entered: &Entered) -> Result<Option<(String, String)>> {
    let group = match aim {
        Aim::Thread => entered.group.parse().ok().map(ActorId),
        Aim::Reply(post) | Aim::Edit(post) => post.group,
        Aim::Lost => None,
    };
    let Some(group) = group else { return Ok(None) };
    let now = app.now();
    let found = app.read(move |c| {
        let has_any = store::bylaws::of(c, group)?.is_some_and(|bylaws| !bylaws.list.is_empty());
        let Some(group) = store::actors::by_id(c, group)?.filter(|_| has_any) else { return Ok(None) };
        Ok(app::groups::is_known(c, &group, Some(me.0), now)?.then_some(group))
    });
    let named = |group: Actor| (urls::sheet(&group.uri, Sheet::Rules), Face::new(app.site(), &group).name);
    Ok(found.await?.map(named))
}

/// Who will read what is written.
async fn readers(app: &App, me: Me, aim: &Aim) -> Result<Option<Readers>> {
    let (site, post, is_reply) = match aim {
        Aim::Thread => return Ok(Some(Readers::Community)),
        Aim::Lost => return Ok(None),
        Aim::Reply(post) | Aim::Edit(post) => (app.site().clone(), post.clone(), aim.parent().is_some()),
    };
    let read =
        app.read(
            move |c| {
                if is_reply { Readers::of_reply(c, &site, me, &post) } else { Readers::of_edit(c, &site, me, &post) }
            },
        );
    Ok(Some(read.await?))
}

/// What a community is called, if somebody never wrote in it.
async fn newcomer_in(app: &App, me: Me, group: ActorId) -> Result<Option<String>> {
    let found = app.read(move |c| {
        if store::steps::has_written(c, group, me.0)? {
            return Ok(None);
        }
        Ok(store::actors::by_id(c, group)?.filter(Actor::is_group))
    });
    Ok(found.await?.map(|group| Face::new(app.site(), &group).name))
}

async fn card(app: &App, t: Language, post: Post) -> Result<Card> {
    let view = app.read(move |c| app::view::post(c, post)).await?;
    Ok(Card::new(app, t, &view))
}

async fn fields(app: &App, t: Language, me: Me, aim: &Aim, entered: &Entered) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    if matches!(aim, Aim::Thread) {
        let groups = app.read(move |c| store::follows::groups(c, me.0, GROUPS)).await?;
        let mut choices: Vec<Choice> = groups.iter().map(|group| choice(app, group)).collect();
        choices.sort_by_cached_key(|choice| choice.label.to_lowercase());
        let hint = if groups.is_empty() { t.group_hint_none() } else { t.group_hint() };
        fields.push(Field::select("group", t.community(), choices).hint(hint).value(&entered.group));
    }
    let is_thread = match aim {
        Aim::Thread => true,
        Aim::Reply(_) => false,
        Aim::Edit(post) => post.is_thread(),
        Aim::Lost => !entered.title.is_empty(),
    };
    if is_thread {
        fields.push(Field::line("title", t.title()).hint(t.title_hint()).value(&entered.title).optional());
    }
    let lines = Field::lines("text", if is_thread { 12 } else { 7 }, t.text()).hint(t.text_hint());
    fields.push(lines.longest(app::posts::TEXT).value(&entered.text));
    let warning = Field::line("warning", t.warning_field()).hint(t.warning_hint());
    fields.push(warning.value(&entered.warning).optional());
    let tongues = tongues(&entered.language);
    fields.push(Field::select("language", t.language(), tongues).value(&entered.language).optional());
    Ok(fields)
}

/// The languages one may choose from, and the one that was chosen elsewhere.
pub(crate) fn tongues(chosen: &str) -> Vec<Choice> {
    let more = Some(chosen).filter(|chosen| !chosen.is_empty() && TONGUES.iter().all(|(tag, _)| tag != chosen));
    let all = TONGUES.into_iter().chain(more.map(|tag| (tag, tag)));
    all.map(|(tag, name)| Choice::new(tag, name, "")).collect()
}

fn choice(app: &App, group: &Actor) -> Choice {
    let face = Face::new(app.site(), group);
    let label = if face.is_local { face.name } else { format!("{} ({})", face.name, face.handle) };
    Choice::new(group.id.to_string(), label, "")
}

fn spans(t: Language, chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    let chosen = if chosen.is_empty() { USUAL.0 } else { chosen };
    let names = [t.one_hour(), t.six_hours(), t.one_day(), t.three_days(), t.seven_days()];
    SPANS.into_iter().zip(names).map(|((word, _), name)| (word, name, word == chosen)).collect()
}

/// What was attached, with what was said of it; what is not mine is not there.
async fn pieces(app: &App, me: Me, entered: &Entered) -> Result<Vec<Piece>> {
    let ids = entered.media.clone();
    let mut found = app.read(move |c| store::media::by_ids(c, &ids)).await?;
    found.retain(|media| media.owner == me.0 && media.state == MediaState::Ready);
    let lender = Lender::for_people(app);
    let piece = |media: Media| {
        let small = media.preview().unwrap_or_else(|| media.path());
        Piece {
            id: media.id,
            picture: media.media_type.is_picture().then(|| app.site().media(&lender.lend(&small))),
            is_picture: media.media_type.is_picture(),
            alt: entered.alts.get(&media.id).cloned().unwrap_or(media.description),
        }
    };
    Ok(found.into_iter().map(piece).collect())
}
