//! The instance: what clients ask first, and by which they decide what they offer.
use app::{media::Limits, nameplate::Nameplate, profiles};
use domain::{
    imprint::HouseRule,
    media::MediaType,
    registration::Registration,
    text::html,
    urls::{Site, path},
};
use serde_json::{Value, json};

use super::{Id, account::Account};
use crate::polls;

/// The version of the API that is served, as far as it is served: clients switch features on by it.
const API: &str = "4.5.0";

/// The number that says the same to newer clients: 7 is what quotes came with.
const LEVEL: u8 = 7;

/// The longest post, in characters.
const CHARACTERS: usize = app::posts::TEXT;

/// What the instance is at the moment.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// The server as it is known outside.
    pub(crate) site: Site,
    /// Who may make a login.
    pub(crate) registration: Registration,
    /// Whether it deals only with servers that are allowed.
    pub(crate) is_closed: bool,
    /// The language in which it speaks to whoever asks.
    pub(crate) spoken: &'static str,
    /// What the provider is called by which alone people come in, if there is one.
    pub(crate) provider: Option<String>,
    /// Where the source of the program is.
    pub(crate) source: Option<String>,
    /// The languages in which it speaks.
    pub(crate) languages: Vec<&'static str>,
    /// How large media may be.
    pub(crate) limits: Limits,
    /// How many have a login.
    pub(crate) people: i64,
    /// How many of them were here within a month.
    pub(crate) active: i64,
    /// How many posts were written here.
    pub(crate) posts: i64,
    /// How many other servers are known.
    pub(crate) peers: i64,
    /// What it is called, and its pictures.
    pub(crate) plate: Nameplate,
    /// What it is, in a line.
    pub(crate) summary: String,
    /// The rules of the house.
    pub(crate) rules: Value,
    /// Whether there are terms that people agree to.
    pub(crate) has_terms: bool,
    /// Where mail reaches those who answer for it.
    pub(crate) email: String,
    /// Who answers for it.
    pub(crate) contact: Option<Account>,
    /// By what clients know that a push comes from here.
    pub(crate) vapid: String,
}

/// The rules of the house, in one language and with all others.
pub(crate) fn rules(rules: &[HouseRule], spoken: &str) -> Value {
    let rule = |rule: &HouseRule| {
        let said = rule.said(spoken)?;
        let other = |wording: &domain::imprint::Wording| {
            (wording.language.clone(), json!({ "text": wording.text, "hint": wording.hint }))
        };
        let translations: serde_json::Map<String, Value> = rule.wordings.iter().map(other).collect();
        Some(json!({ "id": Id(rule.id.0), "text": said.text, "hint": said.hint, "translations": translations }))
    };
    rules.iter().filter_map(rule).collect()
}

fn version() -> String {
    format!("{API} (compatible; Tertulia {})", env!("CARGO_PKG_VERSION"))
}

impl Instance {
    fn is_open(&self) -> bool {
        matches!(self.registration, Registration::Open | Registration::Approval)
    }

    /// Why nobody can sign up, as HTML; nothing, if they can.
    fn door(&self) -> Option<String> {
        let (es, en) = match (self.registration, &self.provider) {
            (Registration::Open | Registration::Approval, _) => return None,
            (_, Some(name)) => (
                format!("Aquí se entra con la cuenta de {name}."),
                format!("Here one comes in with an account at {name}."),
            ),
            (Registration::Invite, None) => (
                "Aquí solo se entra con una invitación.".to_owned(),
                "This site takes new people by invitation only.".to_owned(),
            ),
            (Registration::Closed, None) => (
                "Aquí no entra nadie nuevo por ahora.".to_owned(),
                "This site takes no new people at the moment.".to_owned(),
            ),
        };
        let why = super::pick(self.spoken, es, en);
        Some(format!("<p>{}</p>", html::escape(&why)))
    }

    /// A picture that stands for the server: the wide one, if there is one.
    fn thumbnail(&self) -> Option<&str> {
        self.plate.image.as_deref().or(self.plate.icon.as_deref())
    }

    fn streaming(&self) -> String {
        self.site.page("").replacen("http", "ws", 1)
    }

    fn configuration(&self) -> Value {
        json!({
            "accounts": {
                "max_display_name_length": profiles::NAME,
                "max_note_length": profiles::ABOUT,
                "max_featured_tags": app::tags::FEATURED,
                "max_pinned_statuses": app::pins::MOST,
                "max_profile_fields": profiles::FIELDS,
                "profile_field_name_limit": profiles::FIELD,
                "profile_field_value_limit": profiles::FIELD,
            },
            "statuses": {
                "max_characters": CHARACTERS,
                "max_media_attachments": app::media::MOST,
                "characters_reserved_per_url": 23,
                "supported_mime_types": ["text/markdown"],
            },
            "media_attachments": {
                "supported_mime_types": MediaType::ALL.iter().filter(|kind| kind.is_taken()).collect::<Vec<_>>(),
                "description_limit": app::media::DESCRIPTION,
                "image_size_limit": self.limits.picture,
                "image_matrix_limit": app::media::PIXELS,
                "video_size_limit": self.limits.film,
                "video_frame_rate_limit": 120,
                "video_matrix_limit": 8_294_400,
            },
            "polls": {
                "max_options": app::polls::OPTIONS,
                "max_characters_per_option": app::polls::OPTION,
                "min_expiration": polls::OPEN.start(),
                "max_expiration": polls::OPEN.end(),
            },
            "reactions": { "max_reactions": 1 },
            "translation": { "enabled": false },
            "vapid": { "public_key": self.vapid },
        })
    }

    /// The first form (`/api/v1/instance`).
    pub(crate) fn first(&self) -> Value {
        let host = self.site.host().to_string();
        json!({
            "uri": host,
            "title": self.plate.name,
            "short_description": self.summary,
            "description": self.summary,
            "email": self.email,
            "version": version(),
            "urls": { "streaming_api": self.streaming() },
            "stats": { "user_count": self.people, "status_count": self.posts, "domain_count": self.peers },
            "thumbnail": self.thumbnail(),
            "languages": self.languages,
            "registrations": self.is_open(),
            "approval_required": self.registration == Registration::Approval,
            "invites_enabled": false,
            "configuration": self.configuration(),
            "contact_account": self.contact,
            "rules": self.rules,
        })
    }

    /// The second form (`/api/v2/instance`).
    pub(crate) fn second(&self) -> Value {
        let host = self.site.host().to_string();
        let mut configuration = self.configuration();
        if let Value::Object(map) = &mut configuration {
            map.insert(
                "urls".to_owned(),
                json!({
                    "streaming": self.streaming(),
                    "status": null,
                    "about": self.site.page(path::ABOUT),
                    "privacy_policy": self.site.page(path::PRIVACY),
                    "terms_of_service": self.has_terms.then(|| self.site.page(path::TERMS)),
                }),
            );
            map.insert("limited_federation".to_owned(), json!(self.is_closed));
            // Everybody reads what is for everybody.
            let feeds = json!({ "local": "public", "remote": "public" });
            let access = json!({ "live_feeds": feeds, "hashtag_feeds": feeds, "trending_link_feeds": feeds });
            map.insert("timelines_access".to_owned(), access);
        }
        json!({
            "domain": host,
            "title": self.plate.name,
            "version": version(),
            "source_url": self.source,
            "description": self.summary,
            "usage": { "users": { "active_month": self.active } },
            "thumbnail": { "url": self.thumbnail() },
            "icon": self.plate.icon.iter().map(|url| json!({ "src": url, "size": "400x400" })).collect::<Vec<_>>(),
            "languages": self.languages,
            "configuration": configuration,
            "registrations": {
                "enabled": self.is_open(),
                "approval_required": self.registration == Registration::Approval,
                "reason_required": self.registration == Registration::Approval,
                "message": self.door(),
                "min_age": null,
                "url": null,
            },
            "api_versions": { "mastodon": LEVEL },
            "contact": { "email": self.email, "account": self.contact },
            "rules": self.rules,
        })
    }
}
