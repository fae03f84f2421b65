//! The settings as the server read them at its start: what each means, what holds, who said so, and where one says otherwise.
use actix_web::{HttpRequest, HttpResponse, web::Data};
use app::{App, Decided, Origin, Result, health};
use askama::Template;

use super::Tab;
use crate::{
    answer::{self, Frame, Keep, Visit},
    language::Language,
    session::SignedIn,
};

/// Where it is.
pub(crate) const PATH: &str = "/admin/settings";
/// Where it says who may sign up, and how mail is sent.
pub(crate) const MAIL: &str = "/admin/settings#smtp";

/// A sentence of the pages.
type Sentence = fn(Language) -> &'static str;

/// Settings by their keys. The sentences say what each is called, a dash with spaces around it, and what it decides.
type Meanings = &'static [(&'static str, Sentence)];

/// What the settings are about: the anchor, the heading, and what each of them means.
const SECTIONS: &[(&str, Sentence, Meanings)] = &[
    (
        "about-network",
        Language::settings_about_network,
        &[
            ("url", Language::setting_url),
            ("listen", Language::setting_listen),
            ("trusted_proxies", Language::setting_trusted_proxies),
            ("allow_private_networks", Language::setting_allow_private_networks),
            ("languages", Language::setting_languages),
            ("source_url", Language::setting_source_url),
        ],
    ),
    (
        "about-entry",
        Language::settings_about_entry,
        &[
            ("registration", Language::setting_registration),
            ("registration_domains", Language::setting_registration_domains),
            ("oidc_issuer", Language::setting_oidc_issuer),
            ("oidc_client_id", Language::setting_oidc_client_id),
            ("oidc_client_secret", Language::setting_oidc_client_secret),
            ("oidc_name", Language::setting_oidc_name),
            ("oidc_sign_up", Language::setting_oidc_sign_up),
            ("oidc_only", Language::setting_oidc_only),
            ("ldap_url", Language::setting_ldap_url),
            ("ldap_base", Language::setting_ldap_base),
            ("ldap_bind_dn", Language::setting_ldap_bind_dn),
            ("ldap_bind_password", Language::setting_ldap_bind_password),
            ("ldap_filter", Language::setting_ldap_filter),
            ("ldap_subject", Language::setting_ldap_subject),
            ("ldap_handle", Language::setting_ldap_handle),
            ("ldap_name", Language::setting_ldap_name),
            ("ldap_sign_up", Language::setting_ldap_sign_up),
            ("ldap_only", Language::setting_ldap_only),
            ("saml_entity", Language::setting_saml_entity),
            ("saml_metadata", Language::setting_saml_metadata),
            ("saml_name", Language::setting_saml_name),
            ("saml_subject", Language::setting_saml_subject),
            ("saml_mail", Language::setting_saml_mail),
            ("saml_sign_up", Language::setting_saml_sign_up),
            ("saml_only", Language::setting_saml_only),
        ],
    ),
    (
        "about-mail",
        Language::settings_about_mail,
        &[("smtp", Language::setting_smtp), ("mail_from", Language::setting_mail_from)],
    ),
    (
        "about-servers",
        Language::settings_about_servers,
        &[
            ("federation", Language::setting_federation),
            ("secure_mode", Language::setting_secure_mode),
            ("inbox_limit", Language::setting_inbox_limit),
            ("read_limit", Language::setting_read_limit),
            ("client_limit", Language::setting_client_limit),
        ],
    ),
    (
        "about-files",
        Language::settings_about_files,
        &[
            ("data", Language::setting_data),
            ("database", Language::setting_database),
            ("media", Language::setting_media),
            ("media_url", Language::setting_media_url),
            ("media_limit", Language::setting_media_limit),
            ("media_cache", Language::setting_media_cache),
        ],
    ),
    (
        "about-logs",
        Language::settings_about_logs,
        &[("log", Language::setting_log), ("log_format", Language::setting_log_format)],
    ),
];

/// Settings that are about the same.
struct Section {
    anchor: &'static str,
    heading: &'static str,
    lines: Vec<Line>,
}

/// One setting.
struct Line {
    key: &'static str,
    /// What it is called in words, and what it decides.
    name: &'static str,
    meaning: &'static str,
    /// What holds, empty for none; nothing if that is a secret.
    value: Option<String>,
    /// Who said so, and the look of that.
    origin: &'static str,
    tint: &'static str,
    /// Where one says otherwise.
    change: String,
}

impl Line {
    fn new(t: Language, meaning: &'static str, decided: &Decided) -> Self {
        let Decided { key, env, value, origin } = decided.clone();
        let (name, meaning) = meaning.split_once(" — ").unwrap_or((key, meaning));
        let (origin, tint, change) = match origin {
            Origin::Default => (t.setting_usual(), "plain", t.setting_change_usual(env, key)),
            Origin::File => (t.setting_from_file(), "good", t.setting_change_file(key)),
            Origin::Environment => (t.setting_from_environment(), "good", t.setting_change_environment(env)),
        };
        Self { key, name, meaning, value, origin, tint, change }
    }
}

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    /// Which file was read.
    file: String,
    sections: Vec<Section>,
}

/// `GET /admin/settings`
pub(crate) async fn show(request: HttpRequest, app: Data<App>, visit: Visit, by: SignedIn) -> HttpResponse {
    answer::shown(&request, &visit, Keep::Never, page(&app, &visit, &by).await)
}

async fn page(app: &App, visit: &Visit, by: &SignedIn) -> Result<Page> {
    let t = visit.language;
    let decisions = health::settings(app, by.me).await?;
    let (frame, tabs) = super::frame(app, visit, t.admin_settings(), PATH);
    let line = |key: &str, says: Sentence| {
        let decided = decisions.settings.iter().find(|decided| decided.key == key)?;
        Some(Line::new(t, says(t), decided))
    };
    let sections = SECTIONS.iter().map(|&(anchor, heading, settings)| Section {
        anchor,
        heading: heading(t),
        lines: settings.iter().filter_map(|&(key, says)| line(key, says)).collect(),
    });
    let file = decisions.file.as_ref().map_or_else(|| t.settings_no_file().to_owned(), |file| t.settings_file(file));
    Ok(Page { frame, tabs, file, sections: sections.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_says_what_a_setting_is_called_and_what_it_decides() {
        for (key, says) in SECTIONS.iter().flat_map(|(.., settings)| settings.iter()) {
            for t in [Language::ES, Language::EN] {
                let (name, meaning) = says(t).split_once(" — ").unwrap_or_else(|| panic!("{key}: {}", says(t)));
                assert!(name.chars().count() < 50 && meaning.ends_with('.'), "{key}: {name} / {meaning}");
            }
        }
    }

    #[test]
    fn who_said_something_is_where_it_is_changed() {
        let said = |origin| {
            let decided = Decided { key: "log", env: "TERTULIA_LOG", value: Some("info".into()), origin };
            Line::new(Language::EN, "Logs — What is written down.", &decided)
        };
        let line = said(Origin::Default);
        assert_eq!((line.name, line.meaning), ("Logs", "What is written down."));
        assert!(line.change.contains("log") && line.change.contains("TERTULIA_LOG"), "{}", line.change);
        assert!(!said(Origin::File).change.contains("TERTULIA_LOG"));
        assert!(said(Origin::Environment).change.contains("TERTULIA_LOG"));
    }
}
