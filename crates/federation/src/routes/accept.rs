//! One URL per thing: an `Accept` header decides between its document and its page.
use actix_web::{guard::GuardContext, http::header::ACCEPT};

/// The namespace of `ActivityStreams`, as the profile of `application/ld+json`.
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// A guard: whether the client asks for the document rather than for the page.
pub fn wants_document(context: &GuardContext<'_>) -> bool {
    let mut best = Preference::default();
    for value in context.head().headers.get_all(ACCEPT) {
        // Media types are ASCII; what is not names none of ours.
        best.read(value.to_str().unwrap_or_default());
    }
    best.is_document()
}

/// How much a client wants the one and the other, in thousandths.
#[derive(Debug, Default)]
struct Preference {
    document: u16,
    page: u16,
}

impl Preference {
    fn read(&mut self, accept: &str) {
        for range in split_unquoted(accept, ',') {
            let mut parts = split_unquoted(range, ';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let (mut weight, mut profile) = (1_000, None);
            for (name, value) in parts.filter_map(|part| part.split_once('=')) {
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "q" => weight = thousandths(value),
                    "profile" => profile = Some(value),
                    _ => {}
                }
            }
            match media.as_str() {
                "application/activity+json" | "application/json" => self.document = self.document.max(weight),
                "application/ld+json" if profile.is_none_or(|p| p.split_whitespace().any(|p| p == PROFILE)) => {
                    self.document = self.document.max(weight);
                }
                "text/html" | "application/xhtml+xml" => self.page = self.page.max(weight),
                // `*/*` says nothing about which of the two.
                _ => {}
            }
        }
    }

    /// Whoever names both with the same weight is no browser.
    fn is_document(&self) -> bool {
        self.document > 0 && self.document >= self.page
    }
}

fn thousandths(weight: &str) -> u16 {
    let weight: f32 = weight.parse().unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is between 0 and 1")]
    let thousandths = (weight.clamp(0.0, 1.0) * 1_000.0) as u16;
    thousandths
}

/// Splits at `separator`, but not inside a quoted text.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_document(accept: &str) -> bool {
        let mut preference = Preference::default();
        preference.read(accept);
        preference.is_document()
    }

    #[test]
    fn software_gets_documents() {
        for accept in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=\"https://x.example/a,b https://www.w3.org/ns/activitystreams\";q=0.9",
            "application/ld+json",
            "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\", text/html;q=0.1",
            "application/activity+json, text/html",
            "application/json, text/plain, */*",
        ] {
            assert!(is_document(accept), "{accept}");
        }
    }

    #[test]
    fn browsers_get_pages() {
        for accept in [
            "",
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html, application/activity+json;q=0.5",
            "application/ld+json; profile=\"https://other.example/ns\"",
            "application/ld+json; profile=\"a, application/activity+json\"",
            "application/activity+json;q=0",
            "application/activity+json;q=nonsense",
        ] {
            assert!(!is_document(accept), "{accept}");
        }
    }
}
