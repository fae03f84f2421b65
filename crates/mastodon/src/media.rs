//! Media: bringing pictures, films and sounds, saying what they show, and throwing them away.
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Bytes, Data, PayloadConfig, ServiceConfig},
};
use app::{
    App, Me,
    media::{self, About, Lender},
};
use domain::{
    id::MediaId,
    media::{Focus, Media as Brought, MediaState},
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::{
    caller::{Allowed, WriteMedia},
    entities::media::Media,
    error::{Error, Result},
    params::{Params, Sent},
    route::{Number, at, get},
};

/// How long a client waits before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long one waits who does not know how to ask again.
const LONG: Duration = Duration::from_mins(2);
/// The longest text among the parts of a form, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;
/// The largest preview, in bytes.
const LARGEST_PREVIEW: usize = 4 * 1024 * 1024;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    let one = at("/v1/media/{id}").app_data(PayloadConfig::new(LARGEST_PREVIEW + LONGEST_TEXT));
    let one = one.route(get().to(show)).route(web::delete().to(remove));
    cfg.service(at("/v2/media").route(web::post().to(bring)))
        .service(at("/v1/media").route(web::post().to(bring_and_wait)))
        .service(one.route(web::put().to(change)).route(web::patch().to(change)));
}

async fn bring(app: Data<App>, caller: Allowed<WriteMedia>, form: Multipart) -> Result<HttpResponse> {
    answer(&app, &take(&app, caller.me, form, PATIENCE).await?, StatusCode::ACCEPTED)
}

async fn bring_and_wait(app: Data<App>, caller: Allowed<WriteMedia>, form: Multipart) -> Result<HttpResponse> {
    answer(&app, &take(&app, caller.me, form, LONG).await?, StatusCode::ACCEPTED)
}

async fn show(app: Data<App>, caller: Allowed<WriteMedia>, Number(id): Number) -> Result<HttpResponse> {
    answer(&app, &media::mine(&app, caller.me, MediaId(id)).await?, StatusCode::PARTIAL_CONTENT)
}

async fn remove(app: Data<App>, caller: Allowed<WriteMedia>, Number(id): Number) -> Result<HttpResponse> {
    media::discard(&app, caller.me, MediaId(id)).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({})))
}

/// The entity; with `unready` while it is read.
fn answer(app: &App, brought: &Brought, unready: StatusCode) -> Result<HttpResponse> {
    let status = match brought.state {
        MediaState::Ready => StatusCode::OK,
        MediaState::Processing => unready,
        MediaState::Failed => return Err(Error::invalid("this picture cannot be read")),
    };
    Ok(HttpResponse::build(status).json(Media::brought(app.site(), &Lender::for_people(app), brought)))
}

/// Reads a form part by part; its file goes to the store as it comes.
async fn take(app: &App, me: Me, mut form: Multipart, patience: Duration) -> Result<Brought> {
    let (mut params, mut brought, mut preview) = (Params::default(), None, None);
    while let Some(mut part) = form.try_next().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "file" if brought.is_none() => {
                brought = Some(media::bring(app, me, About::default(), bytes(&mut part)).await?);
            }
            "thumbnail" => preview = Some(gather(&mut part, LARGEST_PREVIEW).await?),
            name => {
                let name = name.to_owned();
                let text = gather(&mut part, LONGEST_TEXT).await?;
                params.add(&name, String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    let brought = brought.ok_or_else(|| Error::invalid("the file is missing"))?;
    let about = about(&params)?;
    let brought = media::describe(app, me, brought.id, about).await?;
    let brought = media::finish(app, brought, patience).await?;
    match preview.filter(|preview| !preview.is_empty()) {
        Some(preview) => Ok(media::set_preview(app, me, brought.id, whole(preview)).await?),
        None => Ok(brought),
    }
}

async fn change(app: Data<App>, caller: Allowed<WriteMedia>, Number(id): Number, sent: Sent) -> Result<HttpResponse> {
    let (me, id) = (caller.me, MediaId(id));
    if let Some(preview) = sent.file("thumbnail") {
        media::set_preview(&app, me, id, whole(preview)).await?;
    }
    let brought = media::describe(&app, me, id, about(&sent.read()?)?).await?;
    answer(&app, &brought, StatusCode::PARTIAL_CONTENT)
}

/// What is said of something.
pub(crate) fn about(params: &Params) -> Result<About> {
    let focus = match params.text("focus").filter(|focus| !focus.trim().is_empty()) {
        Some(focus) => Some(Focus::parse(&focus).ok_or_else(|| Error::invalid("a focus is `x,y`, from -1 to 1"))?),
        None => None,
    };
    let description = params.text("description");
    if description.as_deref().is_some_and(|text| text.chars().count() > media::DESCRIPTION) {
        return Err(Error::invalid(format!("a description has at most {} characters", media::DESCRIPTION)));
    }
    Ok(About { description, focus })
}

/// Bytes that are all there.
pub(crate) fn whole(bytes: Bytes) -> impl Stream<Item = app::Result<Bytes>> + Unpin {
    stream::iter([Ok(bytes)])
}

fn bytes(part: &mut Field) -> impl Stream<Item = app::Result<Bytes>> + Unpin {
    part.map(|piece| piece.map_err(|error| app::Error::Invalid(format!("the body is broken: {error}"))))
}

async fn gather(part: &mut Field, most: usize) -> Result<Bytes> {
    match part.bytes(most).await {
        Ok(bytes) => bytes.map_err(|error| Error::invalid(format!("the body is broken: {error}"))),
        Err(_) => Err(Error::TooLarge),
    }
}

fn broken(error: MultipartError) -> Error {
    Error::invalid(format!("the body is broken: {error}"))
}
