//! The Mastodon client API: one file per area of routes, one builder per entity.
mod accounts;
mod admin;
mod announcements;
mod bookmarks;
mod caller;
mod conversations;
mod domain_blocks;
mod emails;
mod emoji;
mod entities;
mod error;
mod filters;
mod follow_requests;
mod headers;
mod instance;
pub mod limits;
mod lists;
mod markers;
mod media;
mod notifications;
mod oauth;
mod off;
mod paging;
mod params;
mod placeholder;
mod polls;
pub mod push;
mod quotes;
mod reactions;
mod refreshes;
mod reports;
mod route;
mod search;
mod sign_up;
mod statuses;
pub mod streaming;
mod suggestions;
mod tags;
mod timelines;
pub mod witness;

#[cfg(test)]
mod tests;

use actix_web::{
    middleware::from_fn,
    web::{self, PayloadConfig, ServiceConfig},
};

/// The longest body of a request, in bytes: the longest post, escaped in the dearest way.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// Adds the routes; the handlers find their `web::Data<app::App>` and `web::Data<streaming::Hub>` in the application.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(
        web::scope("/api")
            .app_data(PayloadConfig::new(LONGEST_BODY))
            .wrap(from_fn(limits::admit))
            .wrap(from_fn(headers::dress))
            .wrap(from_fn(route::trim))
            .configure(instance::routes)
            .configure(oauth::routes)
            .configure(accounts::routes)
            .configure(statuses::routes)
            .configure(polls::routes)
            .configure(quotes::routes)
            .configure(reactions::routes)
            .configure(refreshes::routes)
            .configure(media::routes)
            .configure(timelines::routes)
            .configure(streaming::routes)
            .configure(notifications::routes)
            .configure(follow_requests::routes)
            .configure(reports::routes)
            .configure(search::routes)
            .configure(admin::routes)
            .configure(announcements::routes)
            .configure(bookmarks::routes)
            .configure(conversations::routes)
            .configure(domain_blocks::routes)
            .configure(emails::routes)
            .configure(emoji::routes)
            .configure(filters::routes)
            .configure(lists::routes)
            .configure(markers::routes)
            .configure(off::routes)
            .configure(push::routes)
            .configure(suggestions::routes)
            .configure(tags::routes)
            .default_service(web::to(route::missing)),
    );
    oauth::outside(cfg);
    streaming::outside(cfg);
    placeholder::routes(cfg);
}
