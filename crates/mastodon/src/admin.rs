//! What clients offer those who administer the server. Every route does what the pages for admins do, by the same actions.
use actix_web::web::ServiceConfig;

mod accounts;
mod bars;
mod domains;
mod measures;
mod off;
mod reports;

pub(crate) fn routes(cfg: &mut ServiceConfig) {
    accounts::routes(cfg);
    bars::routes(cfg);
    domains::routes(cfg);
    measures::routes(cfg);
    off::routes(cfg);
    reports::routes(cfg);
}
