//! Forms that may bring files: what was entered in order, and the files, taken in as they come.
use std::{future::Future, pin::Pin, time::Duration};

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use app::{App, Error, Me, media};
use domain::{id::MediaId, media::MediaState};
use futures_util::{Stream, StreamExt, TryStreamExt};

use crate::{
    posted::{Refused, TOKEN, is_own, is_token, known},
    session::{self, Admits, SignedIn},
};

/// The name of the fields that hold files.
const FILE: &str = "file";
/// The most text that is read of one form, in bytes: the longest post there is, and what goes with it.
const LONGEST: usize = 512 << 10;
/// How long one waits for a picture to be read.
const PATIENCE: Duration = Duration::from_secs(20);

/// What somebody sent. Who is not signed in any more loses nothing of it but the files.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) by: Option<SignedIn>,
    /// Names and values, in order.
    pub(crate) pairs: Vec<(String, String)>,
    /// The files that were taken in, or why not.
    pub(crate) brought: Vec<app::Result<MediaId>>,
}

impl FromRequest for Filled {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let parts = kind.starts_with("multipart/form-data").then(|| Multipart::from_request(request, payload));
        let whole = parts.is_none().then(|| Bytes::from_request(request, payload));
        let request = request.clone();
        known(request.clone(), async move {
            let broken = || Refused::Broken(request.clone());
            let app = request.app_data::<Data<App>>().cloned().ok_or_else(broken)?;
            if !is_own(&request, &app.site().page("/")) {
                return Err(Refused::Foreign(request));
            }
            let by = session::look_up(&request).await.map_err(session::Shut::from)?;
            let by = by.map(SignedIn::admit).transpose().map_err(|bar| session::Shut::by(bar, &request))?;
            let mut filled = Self { by, pairs: Vec::new(), brought: Vec::new() };
            if let Some(whole) = whole {
                let whole = whole.await.map_err(|error| Refused::unread(&request, &error))?;
                filled.pairs = url::form_urlencoded::parse(&whole).into_owned().collect();
            }
            if let Some(parts) = parts {
                let parts = parts.await.map_err(|_error| broken())?;
                filled.read(&app, parts).await.map_err(|_error| broken())?;
            }
            if filled.is_proven() { Ok(filled) } else { Err(Refused::Foreign(request)) }
        })
    }
}

impl Filled {
    /// The token that the form says.
    pub(crate) fn token(&self) -> &str {
        self.pairs.iter().find(|(name, _)| name == TOKEN).map_or("", |(_, value)| value.as_str())
    }

    /// Whether the form was made for the session that it was sent with.
    fn is_proven(&self) -> bool {
        self.by.as_ref().is_none_or(|by| is_token(self.token(), &by.form_token))
    }

    async fn read(&mut self, app: &App, mut parts: Multipart) -> app::Result<()> {
        let mut left = LONGEST;
        while let Some(mut part) = parts.try_next().await.map_err(|error| broken(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == FILE {
                let me = self.by.as_ref().filter(|_| self.is_proven()).map(|by| by.me);
                self.take(app, me, part).await;
                continue;
            }
            let text = part.bytes(left).await.map_err(|error| broken(&error))?.map_err(|error| broken(&error))?;
            left = left.saturating_sub(text.len());
            self.pairs.push((name, String::from_utf8_lossy(&text).into_owned()));
        }
        Ok(())
    }

    /// Takes in a file; browsers send one without bytes where none was chosen.
    async fn take(&mut self, app: &App, me: Option<Me>, part: Field) {
        let mut bytes = part.map(|piece| piece.map_err(|error| broken(&error)));
        let first = loop {
            match bytes.next().await {
                Some(Ok(piece)) if piece.is_empty() => {}
                Some(first) => break first,
                None => return,
            }
        };
        let Some(me) = me else { return };
        if self.brought.len() < media::MOST {
            let bytes = futures_util::stream::iter([first]).chain(bytes);
            self.brought.push(bring(app, me, bytes).await);
        }
    }
}

async fn bring(app: &App, me: Me, bytes: impl Stream<Item = app::Result<Bytes>> + Unpin) -> app::Result<MediaId> {
    let brought = media::bring(app, me, media::About::default(), bytes).await?;
    let brought = media::finish(app, brought, PATIENCE).await?;
    match brought.state {
        MediaState::Failed => Err(Error::Invalid("this picture cannot be read".into())),
        MediaState::Ready | MediaState::Processing => Ok(brought.id),
    }
}

fn broken(error: &impl ToString) -> Error {
    Error::Invalid(format!("the form is broken: {}", error.to_string()))
}
