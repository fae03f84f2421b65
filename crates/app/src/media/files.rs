//! Where the bytes are: a folder or a bucket, written within limits, and the few hands that paint.
use std::{
    fmt,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use domain::media::MediaType;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use object_store::{
    Error as StoreError, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, buffered::BufWriter, memory::InMemory,
    path::Path,
};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use super::cache::Flights;
use crate::{App, Error, Result};

/// How many pictures are read at one time: each may take a hundred megabytes.
const PAINTERS: usize = 2;

/// One looks whether what is kept of others is too much whenever it has grown by this part of what it may be.
const PARTS: u64 = 20;

/// How large things may be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A picture.
    pub picture: u64,
    /// A film or a sound.
    pub film: u64,
    /// All that is kept of other servers.
    pub cache: u64,
}

impl Limits {
    /// What holds for this format.
    pub fn of(&self, media_type: MediaType) -> u64 {
        if media_type.is_picture() { self.picture } else { self.film }
    }
}

impl Default for Limits {
    /// As Mastodon has it, and ten gigabytes of others.
    fn default() -> Self {
        Self { picture: 16 << 20, film: 99 << 20, cache: 10 << 30 }
    }
}

/// The store of the bytes; cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    limits: Limits,
    painters: Arc<Semaphore>,
    /// How much of others came since somebody looked whether that is too much.
    grown: Arc<AtomicU64>,
    pub(super) flights: Flights,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.store)
    }
}

impl Files {
    /// In this store.
    pub fn new(store: Arc<dyn ObjectStore>, limits: Limits) -> Self {
        let painters = Arc::new(Semaphore::new(PAINTERS));
        Self { store, limits, painters, grown: Arc::default(), flights: Flights::default() }
    }

    /// In memory, for tests.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(InMemory::new()), Limits::default())
    }

    /// How large things may be.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether it is time to look, now that so many bytes of others came: whoever asks for much would else fill the disk
    /// before the next sweep.
    pub(super) fn is_crowded(&self, more: u64) -> bool {
        let is_due = self.grown.fetch_add(more, Relaxed).saturating_add(more) > self.limits.cache / PARTS;
        if is_due {
            self.grown.store(0, Relaxed);
        }
        is_due
    }

    /// Writes what comes, up to `limit` bytes; what is longer is not there afterwards. Returns how long it was.
    pub(super) async fn write(
        &self,
        key: &Path,
        limit: u64,
        mut bytes: impl Stream<Item = Result<Bytes>> + Unpin,
    ) -> Result<u64> {
        let mut writer = BufWriter::new(self.store.clone(), key.clone());
        let mut size = 0_u64;
        while let Some(piece) = bytes.next().await {
            let wrong = match piece {
                Ok(piece) => {
                    size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                    if size > limit {
                        Some(too_large(limit))
                    } else {
                        writer.put(piece).await.err().map(Error::internal)
                    }
                }
                Err(error) => Some(error),
            };
            if let Some(error) = wrong {
                // There may be nothing to take back yet.
                writer.abort().await.ok();
                return Err(error);
            }
        }
        writer.shutdown().await.map_err(Error::internal)?;
        Ok(size)
    }

    /// All of what comes, up to `limit` bytes, in memory.
    pub(super) async fn gather(
        &self,
        limit: u64,
        mut bytes: impl Stream<Item = Result<Bytes>> + Unpin,
    ) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        while let Some(piece) = bytes.next().await {
            whole.extend_from_slice(&piece?);
            if u64::try_from(whole.len()).is_ok_and(|size| size > limit) {
                return Err(too_large(limit));
            }
        }
        Ok(whole)
    }

    pub(super) async fn put(&self, key: &Path, bytes: Vec<u8>) -> Result<()> {
        self.store.put(key, PutPayload::from(bytes)).await.map_err(Error::internal)?;
        Ok(())
    }

    pub(super) async fn whole(&self, key: &Path) -> Result<Bytes> {
        self.store.get(key).await.map_err(missing)?.bytes().await.map_err(Error::internal)
    }

    /// How many bytes a file has.
    pub(super) async fn size(&self, key: &Path) -> Result<u64> {
        Ok(self.store.head(key).await.map_err(missing)?.size)
    }

    pub(super) async fn part(&self, key: &Path, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes>>> {
        let options = GetOptions::new().with_range(Some(range));
        let found = self.store.get_opts(key, options).await.map_err(missing)?;
        Ok(found.into_stream().map(|piece| piece.map_err(Error::internal)).boxed())
    }

    /// Removes a file, if it is there.
    pub(super) async fn remove(&self, key: &Path) -> Result<()> {
        match self.store.delete(key).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Works on a picture when there is a hand free.
    pub(super) async fn paint<T: Send + 'static>(
        &self,
        app: &App,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.painters.clone().acquire_owned().await.map_err(Error::internal)?;
        let work = move || {
            let done = work();
            drop(permit);
            done
        };
        app.tasks().blocking(work).await.map_err(Error::internal)?
    }
}

fn missing(error: StoreError) -> Error {
    match error {
        StoreError::NotFound { .. } => Error::NotFound,
        other => Error::internal(other),
    }
}

fn too_large(limit: u64) -> Error {
    Error::Invalid(format!("this is larger than {} MB", limit >> 20))
}

/// What was brought and not read yet.
pub(super) fn incoming(token: &str) -> Path {
    Path::from(format!("incoming/{token}"))
}

/// The file behind a path of ours.
pub(super) fn own(path: &str) -> Path {
    let name = path.rsplit('/').next().unwrap_or_default();
    // Folders with everything in them are slow.
    let shelf: String = name.chars().take(2).collect();
    Path::from(format!("files/{shelf}/{name}"))
}

/// The file behind a key of the cache.
pub(super) fn cached(key: &str) -> Path {
    let shelf: String = key.chars().take(2).collect();
    Path::from(format!("cache/{shelf}/{key}"))
}
