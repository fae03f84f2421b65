//! Speaks HTML: the pages that people read in a browser, in Spanish and in English, without scripts.
use actix_web::{
    middleware::from_fn,
    web::{self, Data, FormConfig, PayloadConfig, ServiceConfig},
};
use app::App;
use domain::urls::{Sheet, path};

use crate::{
    kept::Pages,
    settings::{
        data, devices, entry, filters, identities as own_identities, passkeys as own_passkeys, scheduled,
        shuns as own_shuns,
    },
};

mod actors;
mod admin;
mod agents;
mod answer;
mod archive;
mod assets;
mod bylaws;
mod cards;
mod care;
mod charters;
mod community;
mod compose;
mod consent;
mod deeds;
mod desk;
mod digests;
mod directory;
mod elsewhere;
mod entrance;
mod feeds;
mod filled;
mod forms;
mod front;
mod glossary;
mod grounds;
mod guests;
mod held;
mod history;
mod identities;
mod imprint;
mod interaction;
mod kept;
mod language;
mod later;
pub mod letters;
mod listing;
mod lists;
mod live;
mod login;
mod logs;
mod media;
mod members;
mod messages;
mod mine;
mod notices;
mod paces;
mod passkeys;
mod person;
mod polls;
mod portraits;
mod posted;
mod queue;
mod readers;
mod recovery;
mod resumed;
mod roots;
mod said;
mod saved;
mod search;
mod session;
mod settings;
mod setup;
mod shuns;
mod sign_up;
mod sitemap;
mod squares;
mod statements;
mod steps;
mod subscribe;
mod table;
mod tags;
#[cfg(test)]
mod tests;
mod themes;
mod threads;
mod tongue;
mod trap;
mod written;

pub use notices::told;

/// The largest form that is read, in bytes: the longest post as browsers encode it, and long lists of servers.
const FORM_MAX: usize = 1 << 20;

/// The pages. They come after all other routes: what nobody knows is not found here.
pub fn configure(app: &App) -> impl Fn(&mut ServiceConfig) + Clone + use<> {
    let pages = Data::new(Pages::new(app));
    let (places, parts) = (Data::new(live::Places::default()), Data::new(sitemap::Parts::default()));
    move |config| {
        config.app_data(FormConfig::default().limit(FORM_MAX)).app_data(PayloadConfig::new(FORM_MAX));
        config.app_data(pages.clone()).app_data(places.clone()).app_data(parts.clone());
        routes(config);
    }
}

macro_rules! page {
    ($config:ident, $path:expr, $handler:expr $(, $method:ident => $other:expr)?) => {
        $config.service(
            web::resource($path)
                .wrap(from_fn(kept::lend))
                .route(web::get().to($handler))
                .route(web::head().to($handler))
                $(.route(web::$method().to($other)))?
                .default_service(web::to(answer::wrong_method)),
        )
    };
}

macro_rules! button {
    ($config:ident, $path:expr, $handler:expr) => {
        $config
            .service(web::resource($path).route(web::post().to($handler)).default_service(web::to(posted::only_sent)))
    };
}

fn routes(config: &mut ServiceConfig) {
    page!(config, "/", front::show, post => setup::submit);
    page!(config, setup::WELCOME, setup::welcome);
    page!(config, assets::STYLE, assets::show_style);
    page!(config, assets::COLOUR, assets::show_colour);
    page!(config, assets::MARK, assets::show_mark);
    page!(config, assets::SCRIPT, assets::show_script);
    page!(config, assets::PASSKEYS, assets::show_passkeys);
    page!(config, live::PATH, live::show);
    button!(config, tongue::PATH, tongue::choose);
    page!(config, directory::PATH, directory::show);
    page!(config, compose::PATH, compose::form, post => compose::submit);
    button!(config, compose::DRAFT, compose::keep);
    page!(config, care::DELETE, care::deletion::form, post => care::deletion::delete);
    page!(config, care::REPORT, care::report::form, post => care::report::report);
    page!(config, care::MODERATE, care::moderate_form, post => care::moderate);
    page!(config, notices::PATH, notices::show);
    button!(config, notices::ANSWER, notices::answer);
    button!(config, deeds::JOIN, deeds::join);
    button!(config, deeds::LEAVE, deeds::leave);
    button!(config, deeds::FOLLOW, deeds::follow);
    button!(config, deeds::UNFOLLOW, deeds::unfollow);
    page!(config, shuns::BLOCK, shuns::block_form, post => shuns::block);
    page!(config, shuns::MUTE, shuns::mute_form, post => shuns::mute);
    button!(config, deeds::VOTE, deeds::vote);
    button!(config, deeds::SHARE, deeds::share);
    button!(config, deeds::SAVE, deeds::save);
    button!(config, deeds::PIN, deeds::pin);
    button!(config, deeds::ECHO, deeds::echo);
    button!(config, deeds::SOLVE, deeds::solve);
    button!(config, deeds::PORTION, deeds::portion);
    button!(config, deeds::LEVEL, deeds::level);
    button!(config, deeds::DISMISS, deeds::dismiss);
    page!(config, saved::PATH, saved::show);
    page!(config, mine::PATH, mine::show);
    page!(config, lists::PATH, lists::show, post => lists::make);
    page!(config, lists::WHO, lists::who_form, post => lists::who);
    button!(config, lists::REMOVE, lists::remove);
    button!(config, lists::TAKE_OUT, lists::take_out);
    page!(config, lists::ONE, lists::show_one);
    page!(config, lists::MANAGE, lists::manage_form, post => lists::manage);
    button!(config, polls::CHOOSE, polls::choose);
    page!(config, session::LOGIN, login::show, post => login::submit);
    button!(config, login::SECOND, login::submit_code);
    button!(config, passkeys::CHALLENGE, passkeys::challenge);
    button!(config, passkeys::ENTER, passkeys::enter);
    button!(config, passkeys::SECOND, passkeys::enter_second);
    button!(config, login::LOGOUT, login::leave);
    page!(config, guests::PATH, guests::show, post => guests::depart);
    page!(config, guests::RETURN, guests::arrive);
    page!(config, identities::PATH, identities::depart, post => identities::say);
    page!(config, identities::RETURN, identities::arrive, post => identities::bring);
    page!(config, path::SAML, identities::describe);
    button!(config, identities::JOIN, identities::join);
    button!(config, identities::SIGN_UP, identities::submit);
    page!(config, session::WAITING, recovery::waiting, post => recovery::ask_again);
    governance(config);
    administration(config);
    own_settings(config);
    page!(config, path::RECOVER, recovery::show, post => recovery::ask);
    page!(config, path::RENEW, recovery::show_renewal, post => recovery::renew);
    page!(config, path::CONFIRM, recovery::show_confirmation, post => recovery::confirm);
    page!(config, sign_up::PATH, sign_up::show, post => sign_up::submit);
    button!(config, sign_up::CHALLENGE, sign_up::challenge);
    button!(config, sign_up::PASSKEY, sign_up::submit_passkey);
    page!(config, [consent::PATH, "/oauth/authorize/"], consent::show, post => consent::decide);
    page!(config, consent::BY_HAND, consent::show_code);
    page!(config, elsewhere::PATH, elsewhere::show, post => elsewhere::submit);
    page!(config, path::INTERACTION, interaction::show);
    page!(config, sitemap::ROBOTS, sitemap::robots);
    page!(config, sitemap::INDEX, sitemap::index);
    page!(config, sitemap::COMMUNITIES, sitemap::communities);
    page!(config, sitemap::THREADS, sitemap::threads);
    page!(config, sitemap::RECENT, sitemap::recent);
    button!(config, threads::FETCH, threads::fetch);
    page!(config, history::PATH, history::show);
    page!(config, path::ABOUT, imprint::about);
    page!(config, path::PRIVACY, imprint::privacy);
    page!(config, path::TERMS, imprint::terms);
    page!(config, glossary::PATH, glossary::show);
    page!(config, search::PATH, search::show);
    page!(config, path::TAG, tags::show);
    page!(config, Sheet::Atom.tag_path(), feeds::tag_atom);
    page!(config, Sheet::Rss.tag_path(), feeds::tag_rss);
    page!(config, path::ACTOR, actors::show);
    page!(config, Sheet::Atom.path(), feeds::actor_atom);
    page!(config, Sheet::Rss.path(), feeds::actor_rss);
    page!(config, subscribe::PATH, subscribe::show);
    button!(config, subscribe::SECRET, subscribe::change);
    page!(config, Sheet::Log.path(), logs::show);
    page!(config, Sheet::Rules.path(), bylaws::show);
    page!(config, path::STATEMENT, statements::show, post => statements::appeal);
    page!(config, path::ACTOR_PART, threads::show);
    page!(config, Sheet::Atom.post_path(), feeds::thread_atom);
    page!(config, Sheet::Rss.post_path(), feeds::thread_rss);
    config.default_service(web::to(answer::nothing_here));
}

/// What those do who run a community.
fn governance(config: &mut ServiceConfig) {
    page!(config, charters::FOUND, charters::found_form, post => charters::found);
    page!(config, charters::MANAGE, charters::manage_form, post => charters::manage);
    button!(config, steps::PUT_AWAY, steps::put_away);
    page!(config, archive::community::PATH, archive::community::show);
    page!(config, bylaws::PATH, bylaws::edit, post => bylaws::change);
    button!(config, bylaws::PHRASES, bylaws::set_phrases);
    page!(config, held::PATH, held::show, post => held::change);
    button!(config, held::ANSWER, held::answer);
    button!(config, logs::UNDO, logs::undo);
    page!(config, paces::PATH, paces::show, post => paces::change);
    button!(config, queue::CLAIM, queue::claim);
    page!(config, members::PATH, members::show);
    page!(config, members::ONE, members::show_one);
    button!(config, members::ROLE, members::role);
    button!(config, members::INVITE, members::invite);
    button!(config, members::BAN, members::ban);
    button!(config, members::UNBAN, members::unban);
    button!(config, members::HUSH, members::hush);
    button!(config, members::UNHUSH, members::unhush);
    button!(config, members::WARN, members::warn);
    button!(config, members::HAND_OVER, members::hand_over);
    page!(config, entrance::PATH, entrance::list, post => entrance::make);
    button!(config, entrance::REVOKE, entrance::revoke);
    page!(config, entrance::ENTER, entrance::enter_form, post => entrance::enter);
    page!(config, entrance::APPLY, entrance::apply_form, post => entrance::apply);
    button!(config, portraits::PATH, portraits::change);
    page!(config, queue::PATH, queue::show);
    button!(config, queue::ANSWER, queue::answer);
    button!(config, queue::RESOLVE, queue::resolve);
    button!(config, queue::DECIDE, queue::decide);
}

/// What those do who run the server.
fn administration(config: &mut ServiceConfig) {
    page!(config, admin::health::PATH, admin::health::show);
    page!(config, admin::people::PATH, admin::people::show);
    button!(config, admin::people::ANSWER, admin::people::answer);
    button!(config, admin::people::INVITE, admin::people::invite);
    button!(config, admin::people::REGISTRATION, admin::people::choose);
    button!(config, admin::people::REVOKE, admin::people::revoke);
    page!(config, admin::servers::PATH, admin::servers::show);
    page!(config, admin::servers::ONE, admin::servers::show_one, post => admin::servers::retry);
    page!(config, admin::log::PATH, admin::log::show);
    page!(config, admin::bars::PATH, admin::bars::show, post => admin::bars::add);
    button!(config, admin::bars::LIFT, admin::bars::lift);
    page!(config, admin::jobs::PATH, admin::jobs::show, post => admin::jobs::decide);
    page!(config, admin::emoji::PATH, admin::emoji::show, post => admin::emoji::add);
    button!(config, admin::emoji::CHANGE, admin::emoji::change);
    page!(config, admin::settings::PATH, admin::settings::show);
    page!(config, admin::announcements::PATH, admin::announcements::show, post => admin::announcements::tell);
    button!(config, admin::announcements::DECIDE, admin::announcements::decide);
    page!(config, admin::communities::PATH, admin::communities::show);
    button!(config, admin::communities::FOUNDERS, admin::communities::set_founders);
    button!(config, admin::communities::SECOND_STEP, admin::communities::require);
    button!(config, admin::communities::SUSPEND, admin::communities::suspend);
    button!(config, admin::communities::HAND_OVER, admin::communities::hand_over);
    page!(config, admin::openings::PATH, admin::openings::show, post => admin::openings::open);
    page!(config, admin::texts::PATH, admin::texts::show);
    page!(config, admin::text::PATH, admin::text::show, post => admin::text::write);
    page!(config, admin::sentences::PATH, admin::sentences::show);
    page!(config, admin::sentences::ONE, admin::sentences::show_one, post => admin::sentences::write);
    button!(config, admin::texts::NAME, admin::texts::rename);
    button!(config, admin::texts::CONTACT, admin::texts::contact);
    button!(config, admin::texts::RULE, admin::texts::rule);
    page!(config, admin::rules::PATH, admin::rules::show, post => admin::rules::set);
    button!(config, admin::rules::LIFT, admin::rules::lift);
    button!(config, admin::rules::BRING, admin::rules::bring);
    page!(config, admin::rules::BLOCKS, admin::rules::blocks);
    page!(config, admin::rules::ALLOWED, admin::rules::allowed);
    page!(config, admin::person::PATH, admin::person::show, post => admin::person::decide);
}

/// What people set for themselves.
fn own_settings(config: &mut ServiceConfig) {
    page!(config, settings::PATH, settings::show, post => settings::choose);
    button!(config, settings::DIGEST, settings::turn_letters);
    button!(config, settings::LETTERS, settings::choose_letters);
    page!(config, path::DIGEST_STOP, digests::show, post => digests::stop);
    page!(config, path::NOTICES_STOP, digests::show_notices, post => digests::stop_notices);
    page!(config, settings::profile::PATH, settings::profile::show, post => settings::profile::change);
    button!(config, settings::profile::FINDING, settings::profile::change_finding);
    page!(config, entry::PATH, entry::show);
    button!(config, entry::EMAIL, entry::change_email);
    button!(config, entry::PASSWORD, entry::change_password);
    button!(config, entry::OFFER, entry::offer);
    button!(config, entry::ON, entry::turn_on);
    button!(config, entry::OFF, entry::turn_off);
    button!(config, entry::CODES, entry::save_codes);
    button!(config, own_identities::LINK, own_identities::link);
    button!(config, own_identities::UNLINK, own_identities::unlink);
    button!(config, own_passkeys::CHALLENGE, own_passkeys::challenge);
    button!(config, own_passkeys::OFFER, own_passkeys::offer);
    button!(config, own_passkeys::ADD, own_passkeys::add);
    button!(config, own_passkeys::REMOVE, own_passkeys::remove);
    button!(config, own_passkeys::RENAME, own_passkeys::rename);
    page!(config, own_passkeys::ONE, own_passkeys::show);
    page!(config, devices::PATH, devices::show);
    button!(config, devices::END, devices::end);
    button!(config, devices::END_OTHERS, devices::end_others);
    button!(config, devices::WITHDRAW, devices::withdraw);
    page!(config, settings::reading::PATH, settings::reading::show, post => settings::reading::change);
    page!(config, settings::writing::PATH, settings::writing::show, post => settings::writing::change);
    page!(config, settings::quiet_hours::PATH, settings::quiet_hours::show, post => settings::quiet_hours::change);
    page!(config, own_shuns::PATH, own_shuns::show);
    button!(config, own_shuns::UNBLOCK, own_shuns::unblock);
    button!(config, own_shuns::UNMUTE, own_shuns::unmute);
    button!(config, own_shuns::HOST, own_shuns::block_host);
    button!(config, own_shuns::UNHOST, own_shuns::unblock_host);
    page!(config, filters::PATH, filters::show, post => filters::add);
    button!(config, filters::CHANGE, filters::change);
    button!(config, filters::REMOVE, filters::remove);
    page!(config, filters::ONE, filters::show_one);
    page!(config, settings::tags::PATH, settings::tags::show, post => settings::tags::follow);
    button!(config, settings::tags::UNFOLLOW, settings::tags::unfollow);
    page!(config, scheduled::PATH, scheduled::show);
    button!(config, scheduled::MOVE, scheduled::put_off);
    button!(config, scheduled::CANCEL, scheduled::cancel);
    page!(config, scheduled::ONE, scheduled::show_one);
    page!(config, data::PATH, data::show);
    button!(config, data::ALIAS, data::add_alias);
    button!(config, data::UNALIAS, data::remove_alias);
    button!(config, data::MOVE, data::move_away);
    button!(config, data::LEAVE, data::leave);
    page!(config, settings::files::PATH, settings::files::show);
}
