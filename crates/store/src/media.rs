//! Pictures, films and sounds that people here brought; and which of other servers' are kept to be handed on.
use diesel::{dsl, prelude::*, sql_types::BigInt, upsert::excluded};
use domain::{
    id::{ActorId, MediaId, PostId},
    media::{Focus, Media, MediaState, MediaType, Purpose},
    time::Timestamp,
};

use crate::{
    conn::{Conn, Tx, db},
    dialect::AmongExt,
    error::Result,
    rows::{Json, Word},
    schema::media::{cached_media, media},
};

#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = media, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: i64,
    token: String,
    owner_id: i64,
    purpose: Word<Purpose>,
    media_type: Word<MediaType>,
    preview_type: Option<Word<MediaType>>,
    state: Word<MediaState>,
    size: i64,
    width: Option<i32>,
    height: Option<i32>,
    blurhash: Option<String>,
    description: String,
    focus: Option<Json<Focus>>,
    post_id: Option<i64>,
    created: i64,
    expires: Option<i64>,
    duration: Option<i32>,
}

impl From<&Media> for Row {
    fn from(media: &Media) -> Self {
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            id: media.id.0,
            token: media.token.clone(),
            owner_id: media.owner.0,
            purpose: Word(media.purpose),
            media_type: Word(media.media_type),
            preview_type: media.preview_type.map(Word),
            state: Word(media.state),
            size: i64::try_from(media.size).unwrap_or(i64::MAX),
            width: media.pixels.map(|(width, _)| number(width)),
            height: media.pixels.map(|(_, height)| number(height)),
            blurhash: media.blurhash.clone(),
            description: media.description.clone(),
            focus: media.focus.map(Json),
            post_id: media.post.map(i64::from),
            created: media.created.0,
            expires: media.expires.map(|at| at.0),
            duration: media.duration.map(number),
        }
    }
}

impl From<Row> for Media {
    fn from(row: Row) -> Self {
        let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        Self {
            id: MediaId(row.id),
            token: row.token,
            owner: ActorId(row.owner_id),
            purpose: row.purpose.0,
            media_type: row.media_type.0,
            preview_type: row.preview_type.map(|kind| kind.0),
            state: row.state.0,
            size: u64::try_from(row.size).unwrap_or(0),
            pixels: number(row.width).zip(number(row.height)),
            duration: number(row.duration),
            blurhash: row.blurhash,
            description: row.description,
            focus: row.focus.map(|focus| focus.0),
            post: row.post_id.map(PostId),
            created: Timestamp(row.created),
            expires: row.expires.map(Timestamp),
        }
    }
}

/// Adds what somebody brought.
pub fn insert(tx: &mut Tx<'_>, media: &Media) -> Result<()> {
    db!(tx, c => diesel::insert_into(media::table).values(Row::from(media)).execute(c))?;
    Ok(())
}

/// Replaces all that is known of something.
pub fn update(tx: &mut Tx<'_>, media: &Media) -> Result<()> {
    db!(tx, c => diesel::update(media::table.find(media.id.0)).set(Row::from(media)).execute(c))?;
    Ok(())
}

/// What has this number.
pub fn by_id(conn: &mut Conn, id: MediaId) -> Result<Option<Media>> {
    Ok(db!(conn, c => media::table.find(id.0).select(Row::as_select()).first(c).optional())?.map(Media::from))
}

/// What is called so in URLs.
pub fn by_token(conn: &mut Conn, token: &str) -> Result<Option<Media>> {
    let wanted = media::table.filter(media::token.eq(token));
    Ok(db!(conn, c => wanted.select(Row::as_select()).first(c).optional())?.map(Media::from))
}

/// What has these numbers, in their order.
pub fn by_ids(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<Media>> {
    let rows: Vec<Row> = db!(conn, c => media::table.filter(media::id.among(ids)).select(Row::as_select()).load(c))?;
    let mut found: std::collections::HashMap<i64, Media> =
        rows.into_iter().map(|row| (row.id, Media::from(row))).collect();
    Ok(ids.iter().filter_map(|id| found.remove(&id.0)).collect())
}

/// What somebody brought after a moment and still keeps, in their posts or as their own pictures.
pub fn kept_by(conn: &mut Conn, owner: ActorId, after: MediaId, limit: i64) -> Result<Vec<Media>> {
    let rows: Vec<Row> = db!(conn, c => media::table
        .filter(media::owner_id.eq(owner.0).and(media::id.gt(after.0)).and(media::expires.is_null()))
        .filter(media::state.eq(Word(MediaState::Ready)).and(media::purpose.ne(Word(Purpose::Emoji))))
        .order(media::id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Media::from).collect())
}

/// Gives a post what belongs to it now; what did before, and what does not any more, is thrown away at `expires`.
pub fn attach(tx: &mut Tx<'_>, post: PostId, ids: &[MediaId], expires: Timestamp) -> Result<()> {
    let others = media::table.filter(media::post_id.eq(post.0)).filter(dsl::not(media::id.among(ids)));
    let loose = (media::post_id.eq(None::<i64>), media::expires.eq(Some(expires.0)));
    db!(tx, c => diesel::update(others).set(loose).execute(c))?;
    if !ids.is_empty() {
        let fast = (media::post_id.eq(Some(post.0)), media::expires.eq(None::<i64>));
        db!(tx, c => diesel::update(media::table.filter(media::id.among(ids))).set(fast).execute(c))?;
    }
    Ok(())
}

/// Keeps these until then, or for ever.
pub fn keep_until(tx: &mut Tx<'_>, ids: &[MediaId], expires: Option<Timestamp>) -> Result<()> {
    let expires = media::expires.eq(expires.map(|at| at.0));
    db!(tx, c => diesel::update(media::table.filter(media::id.among(ids))).set(expires).execute(c))?;
    Ok(())
}

/// All that somebody brought is to be thrown away.
pub fn expire_all_of(tx: &mut Tx<'_>, owner: ActorId, at: Timestamp) -> Result<()> {
    let expires = media::expires.eq(Some(at.0));
    db!(tx, c => diesel::update(media::table.filter(media::owner_id.eq(owner.0))).set(expires).execute(c))?;
    Ok(())
}

/// What is to be thrown away by now, some of it.
pub fn expired(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Media>> {
    let rows: Vec<Row> = db!(conn, c => media::table
        .filter(media::expires.le(now.0))
        .order(media::expires)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Media::from).collect())
}

/// Forgets these.
pub fn remove(tx: &mut Tx<'_>, ids: &[MediaId]) -> Result<()> {
    db!(tx, c => diesel::delete(media::table.filter(media::id.among(ids))).execute(c))?;
    Ok(())
}

/// Something of another server, as it is kept here to be handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// A hash of its address.
    pub key: String,
    /// Its format; none if there is nothing to hand on.
    pub media_type: Option<MediaType>,
    /// How many bytes it has.
    pub size: u64,
    /// When it was asked for.
    pub fetched: Timestamp,
    /// When somebody last wanted it, to the day.
    pub used: Timestamp,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = cached_media, treat_none_as_default_value = false)]
struct CachedRow {
    key: String,
    media_type: Option<Word<MediaType>>,
    size: i64,
    fetched: i64,
    used: i64,
}

impl From<CachedRow> for Cached {
    fn from(row: CachedRow) -> Self {
        Self {
            key: row.key,
            media_type: row.media_type.map(|kind| kind.0),
            size: u64::try_from(row.size).unwrap_or(0),
            fetched: Timestamp(row.fetched),
            used: Timestamp(row.used),
        }
    }
}

/// What is kept under this key.
pub fn cached(conn: &mut Conn, key: &str) -> Result<Option<Cached>> {
    let found = cached_media::table.find(key);
    Ok(db!(conn, c => found.select(CachedRow::as_select()).first(c).optional())?.map(Cached::from))
}

/// Remembers what is kept.
pub fn set_cached(tx: &mut Tx<'_>, cached: &Cached) -> Result<()> {
    let row = CachedRow {
        key: cached.key.clone(),
        media_type: cached.media_type.map(Word),
        size: i64::try_from(cached.size).unwrap_or(i64::MAX),
        fetched: cached.fetched.0,
        used: cached.used.0,
    };
    db!(tx, c => diesel::insert_into(cached_media::table)
        .values(row)
        .on_conflict(cached_media::key)
        .do_update()
        .set((
            cached_media::media_type.eq(excluded(cached_media::media_type)),
            cached_media::size.eq(excluded(cached_media::size)),
            cached_media::fetched.eq(excluded(cached_media::fetched)),
            cached_media::used.eq(excluded(cached_media::used)),
        ))
        .execute(c))?;
    Ok(())
}

/// What nobody wanted since `before`, and then what nobody wanted for longest, until what is left fits in `most` bytes;
/// some of it.
pub fn evictable(conn: &mut Conn, before: Timestamp, most: u64, limit: i64) -> Result<Vec<Cached>> {
    let rows: Vec<CachedRow> = db!(conn, c => cached_media::table
        .order((cached_media::used, cached_media::key))
        .limit(limit)
        .select(CachedRow::as_select())
        .load(c))?;
    let mut over = cached_size(conn)?.saturating_sub(most);
    let evictable = rows.into_iter().map(Cached::from).take_while(|cached| {
        let old = cached.used < before || over > 0;
        over = over.saturating_sub(cached.size);
        old
    });
    Ok(evictable.collect())
}

/// How many bytes of others are kept.
pub fn cached_size(conn: &mut Conn) -> Result<u64> {
    let sum = || dsl::sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)");
    let size: i64 = db!(conn, c => cached_media::table.select(sum()).first(c))?;
    Ok(u64::try_from(size).unwrap_or(0))
}

/// Forgets what was kept under these keys.
pub fn remove_cached(tx: &mut Tx<'_>, keys: &[String]) -> Result<()> {
    db!(tx, c => diesel::delete(cached_media::table.filter(cached_media::key.among(keys))).execute(c))?;
    Ok(())
}
