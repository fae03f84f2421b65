//! Files to take along: one alone, or all in one archive; written while they are read, whatever their size.
pub(crate) mod community;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    vec::IntoIter,
};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderValue},
    web::Bytes,
};
use app::{Error, Result};
use domain::time::Timestamp;
use futures_util::{
    StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use zip::{
    ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::language::date;

/// What a file says, piece by piece.
pub(crate) type Text = BoxStream<'static, Result<String>>;

/// A file with its name.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) text: Text,
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
        _ => "application/json",
    };
    attached(file.name, kind).streaming(file.text.map(|text| text.map(Bytes::from)))
}

/// Files in a ZIP archive of today.
pub(crate) fn packed(name: &str, files: Vec<File>, now: Timestamp) -> HttpResponse {
    let packing = stream::unfold(Some(Packing::new(files, stamp(now))), |packing| async {
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
    files: IntoIter<File>,
    /// When they were made.
    stamp: zip::DateTime,
    open: Option<Text>,
}

impl Packing {
    fn new(files: Vec<File>, stamp: zip::DateTime) -> Self {
        let written = Written::default();
        Self { zip: ZipWriter::new_stream(written.clone()), written, files: files.into_iter(), stamp, open: None }
    }

    /// Writes a piece; whether there was one.
    async fn go_on(&mut self) -> Result<bool> {
        if let Some(text) = &mut self.open {
            match text.next().await {
                Some(piece) => self.zip.write_all(piece?.as_bytes()).map_err(Error::internal)?,
                None => self.open = None,
            }
            return Ok(true);
        }
        let Some(file) = self.files.next() else { return Ok(false) };
        // What is longer than a small archive may say has the long form.
        let options = SimpleFileOptions::default().large_file(true).last_modified_time(self.stamp);
        self.zip.start_file(file.name, options).map_err(Error::internal)?;
        self.open = Some(file.text);
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
