//! Files to take along: one alone, or all in one archive; written while they are read, whatever their size.
pub(crate) mod community;

use std::{
    collections::HashSet,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderValue},
    web::Bytes,
};
use app::{App, Error, Result, media};
use domain::{media::Media, time::Timestamp};
use futures_util::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::language::{Language, date};

/// What a file says, piece by piece.
pub(crate) type Text = BoxStream<'static, Result<String>>;

/// A file with its name.
pub(crate) struct File {
    name: String,
    /// When it was made; without that, just now.
    made: Option<Timestamp>,
    /// Whether it becomes smaller when it is packed.
    shrinks: bool,
    body: BoxStream<'static, Result<Bytes>>,
}

impl File {
    /// A text of this name.
    pub(crate) fn text(name: &str, text: Text) -> Self {
        let body = text.map(|piece| piece.map(Bytes::from)).boxed();
        Self { name: name.to_owned(), made: None, shrinks: true, body }
    }

    /// A picture, film or sound as it is kept here; nothing, if it is lost.
    async fn media(app: &App, media: Media) -> Result<Option<Self>> {
        let body = media::whole(app, &media).await?;
        Ok(body.map(|body| Self { name: shelved(&media.path()), made: Some(media.created), shrinks: false, body }))
    }
}

/// Where an archive has the file behind a path of ours.
pub(crate) fn shelved(path: &str) -> String {
    format!("media/{}", path.rsplit('/').next().unwrap_or_default())
}

/// What stands first in an archive: what each of its files is, in the words of the page.
pub(crate) fn explained(t: Language, of: &str, files: &[(&str, &str)]) -> File {
    let list = files.iter().map(|(name, what)| format!("{name}\n    {what}\n"));
    let text =
        [t.readme(of), "\n\n".into(), list.collect(), "\n".into(), t.readme_formats().into(), "\n".into()].concat();
    File::text(t.readme_name(), whole(async { Ok(text) }))
}

/// Some of what is kept here, and the number after which more begins.
pub(crate) type Shelf = Result<(Vec<Media>, Option<i64>)>;

/// Pictures, films and sounds as files, found some at a time.
pub(crate) fn shelves<F>(app: App, next: F) -> BoxStream<'static, Result<File>>
where
    F: Fn(Option<i64>) -> BoxFuture<'static, Shelf> + Send + 'static,
{
    let shelves = stream::try_unfold(Some((next, None)), |state| async {
        let Some((next, at)) = state else { return Ok(None) };
        let (found, last) = next(at).await?;
        Ok::<_, Error>(Some((stream::iter(found.into_iter().map(Ok)), last.map(|last| (next, Some(last))))))
    });
    let open = move |media| {
        let app = app.clone();
        async move { File::media(&app, media).await }
    };
    shelves.try_flatten().try_filter_map(open).boxed()
}

/// A text that is made at once.
pub(crate) fn whole(making: impl Future<Output = Result<String>> + Send + 'static) -> Text {
    stream::once(making).boxed()
}

/// A text made of pieces: each says with which number the next begins, as long as there is one.
pub(crate) fn pieces<F>(first: &'static str, last: &'static str, next: F) -> Text
where
    F: Fn(Option<i64>) -> BoxFuture<'static, Result<Option<(String, i64)>>> + Send + 'static,
{
    let body = stream::unfold(Some((next, None)), |state| async {
        let (next, at) = state?;
        match next(at).await {
            Ok(Some((text, at))) => Some((Ok(text), Some((next, Some(at))))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    let around = |text: &'static str| stream::once(async move { Ok(text.to_owned()) });
    around(first).chain(body).chain(around(last)).boxed()
}

/// A file alone.
pub(crate) fn alone(file: File) -> HttpResponse {
    let kind = match file.name.rsplit_once('.') {
        Some((_, "csv")) => "text/csv; charset=utf-8",
        Some((_, "txt")) => "text/plain; charset=utf-8",
        _ => "application/json",
    };
    attached(&file.name, kind).streaming(file.body)
}

/// Files in a ZIP archive of today.
pub(crate) fn packed(name: &str, files: BoxStream<'static, Result<File>>, now: Timestamp) -> HttpResponse {
    let packing = stream::unfold(Some(Packing::new(files, now)), |packing| async {
        let mut packing = packing?;
        match packing.go_on().await {
            Ok(true) => Some((Ok(packing.taken()), Some(packing))),
            Ok(false) => Some((packing.end(), None)),
            Err(error) => Some((Err(error), None)),
        }
    });
    attached(name, "application/zip").streaming(packing)
}

/// A moment as archives write it.
fn stamp(at: Timestamp) -> zip::DateTime {
    let at = date(at);
    let year = u16::try_from(at.year()).unwrap_or_default();
    let stamp =
        zip::DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second());
    stamp.unwrap_or_default()
}

fn attached(name: &str, kind: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(kind)))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer
}

/// What was written and not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
struct Packing {
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
    files: BoxStream<'static, Result<File>>,
    /// When it is made.
    now: Timestamp,
    open: Option<BoxStream<'static, Result<Bytes>>>,
    names: HashSet<String>,
}

impl Packing {
    fn new(files: BoxStream<'static, Result<File>>, now: Timestamp) -> Self {
        let written = Written::default();
        Self { zip: ZipWriter::new_stream(written.clone()), written, files, now, open: None, names: HashSet::new() }
    }

    /// Writes a piece; whether there was one.
    async fn go_on(&mut self) -> Result<bool> {
        if let Some(body) = &mut self.open {
            match body.next().await {
                Some(piece) => self.zip.write_all(&piece?).map_err(Error::internal)?,
                None => self.open = None,
            }
            return Ok(true);
        }
        let Some(file) = self.files.next().await.transpose()? else { return Ok(false) };
        // What moved while one reads comes twice.
        if !self.names.insert(file.name.clone()) {
            return Ok(true);
        }
        let method = if file.shrinks { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        // What is longer than a small archive may say has the long form.
        let options = SimpleFileOptions::default().large_file(true).compression_method(method);
        let options = options.last_modified_time(stamp(file.made.unwrap_or(self.now)));
        self.zip.start_file(file.name, options).map_err(Error::internal)?;
        self.open = Some(file.body);
        Ok(true)
    }

    fn taken(&self) -> Bytes {
        self.written.take()
    }

    fn end(self) -> Result<Bytes> {
        self.zip.finish().map_err(Error::internal)?;
        Ok(self.written.take())
    }
}
