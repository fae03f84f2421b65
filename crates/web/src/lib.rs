//! Speaks HTML: the pages that people read in a browser, in Spanish and in English, without scripts.
use actix_web::web::{self, FormConfig, ServiceConfig};
use domain::urls::path;

mod actors;
mod answer;
mod assets;
mod cards;
mod community;
mod directory;
mod forms;
mod front;
mod interaction;
mod language;
mod listing;
mod messages;
mod person;
mod posted;
mod session;
mod setup;
#[cfg(test)]
mod tests;
mod threads;
mod tongue;

/// The largest form that is read.
const FORM_MAX: usize = 64 << 10;

/// The pages. They come after all other routes: what nobody knows is not found here.
pub fn configure(config: &mut ServiceConfig) {
    config.app_data(FormConfig::default().limit(FORM_MAX));
    routes(config);
}

macro_rules! page {
    ($config:ident, $path:expr, $handler:expr $(, $method:ident => $other:expr)?) => {
        $config.service(
            web::resource($path)
                .route(web::get().to($handler))
                .route(web::head().to($handler))
                $(.route(web::$method().to($other)))?
                .default_service(web::to(answer::wrong_method)),
        )
    };
}

fn routes(config: &mut ServiceConfig) {
    page!(config, "/", front::show, post => setup::submit);
    page!(config, setup::WELCOME, setup::welcome);
    page!(config, assets::STYLE, assets::show_style);
    page!(config, assets::MARK, assets::show_mark);
    config.service(
        web::resource(tongue::PATH)
            .route(web::post().to(tongue::choose))
            .default_service(web::to(answer::wrong_method)),
    );
    page!(config, directory::PATH, directory::show);
    page!(config, path::INTERACTION, interaction::show);
    page!(config, path::ACTOR, actors::show);
    page!(config, path::ACTOR_PART, threads::show);
    config.default_service(web::to(answer::nothing_here));
}
