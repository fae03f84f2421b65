//! The settings as the server read them at its start.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use app::{App, health};
use askama::Template;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/settings";
/// What is set there of mail.
pub(crate) const MAIL: &str = "/admin/settings#mail_from";

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    settings: Vec<(&'static str, String)>,
}

/// `GET /admin/settings`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    let (frame, tabs) = super::frame(&app, &visit, visit.language.admin_settings(), PATH);
    match health::settings(&app, by.me).await {
        Ok(settings) => answer::page(&request, StatusCode::OK, Keep::Never, &Page { frame, tabs, settings }),
        Err(error) => answer::error(&request, &visit, &error),
    }
}
