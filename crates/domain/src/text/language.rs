//! The language of a text: guessed, or named by somebody else.
use whatlang::Lang;

/// ISO 639-3 codes and their two-letter twins; the detector and some peers speak the long ones.
const SHORT: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zho", "zh"),
    ("zul", "zu"),
];

/// How sure the guess must be.
const SURE: f64 = 0.8;

/// How much of a text is read, in bytes; more makes the guess dearer and no better.
const READ: usize = 600;

/// The language of a plain text as a two-letter tag, if it can be told with confidence.
pub fn detect(text: &str) -> Option<&'static str> {
    // Names and addresses belong to no language.
    let words: Vec<&str> = text
        .get(..text.floor_char_boundary(READ))?
        .split_whitespace()
        .filter(|word| !word.starts_with(['@', '#', '!']) && !word.contains("://"))
        .collect();
    let guess = whatlang::detect(&words.join(" "))?;
    if guess.confidence() < SURE { None } else { short(guess.lang()) }
}

/// A BCP 47 tag from outside in its usual spelling (`es`, `pt-BR`, `zh-Hant-TW`); none if it is no tag or says nothing.
pub fn normalize_tag(tag: &str) -> Option<String> {
    let tag = tag.trim();
    if tag.len() > 35 {
        return None;
    }
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().filter(|p| (2..=3).contains(&p.len()) && alphabetic(p))?.to_ascii_lowercase();
    if matches!(primary.as_str(), "und" | "mul" | "zxx" | "mis") {
        return None;
    }
    let mut out = shortened(&primary).map_or(primary, str::to_owned);
    let mut singleton = false;
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let lower = part.to_ascii_lowercase();
        out.push('-');
        // After a singleton (`-u-`, `-x-`) come extension words, which are neither scripts nor regions.
        match part.len() {
            4 if !singleton && alphabetic(part) => out.extend(titled(&lower)),
            2 if !singleton && alphabetic(part) => out.push_str(&lower.to_ascii_uppercase()),
            _ => out.push_str(&lower),
        }
        singleton |= part.len() == 1;
    }
    Some(out)
}

/// The language part of a tag: `es` of `es-MX`.
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

fn short(lang: Lang) -> Option<&'static str> {
    shortened(lang.code())
}

fn shortened(code: &str) -> Option<&'static str> {
    SHORT.binary_search_by_key(&code, |(long, _)| long).ok().and_then(|at| SHORT.get(at)).map(|(_, short)| *short)
}

fn alphabetic(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_alphabetic())
}

fn titled(lower: &str) -> impl Iterator<Item = char> {
    lower.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c })
}

/// The one of `among` that an `Accept-Language` likes best, if it names any.
pub fn preferred(accepted: &str, among: &[&'static str]) -> Option<&'static str> {
    let mut best: Option<(f32, &'static str)> = None;
    for range in accepted.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = primary(parts.next().unwrap_or_default());
        let Some(known) = among.iter().find(|known| known.eq_ignore_ascii_case(tag)) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, known));
        }
    }
    best.map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_among_what_there_is() {
        for (accepted, both, spanish) in [
            ("es-AR,es;q=0.9,en;q=0.8", Some("es"), Some("es")),
            ("en-GB,es;q=0.9", Some("en"), Some("es")),
            ("en;q=0.5, ES;q=0.7", Some("es"), Some("es")),
            ("fr-FR,fr;q=0.9,es;q=0.2", Some("es"), Some("es")),
            ("es;q=0,en;q=0.1", Some("en"), None),
            ("de", None, None),
            ("", None, None),
        ] {
            assert_eq!(
                (preferred(accepted, &["es", "en"]), preferred(accepted, &["es"])),
                (both, spanish),
                "{accepted}"
            );
        }
    }

    #[test]
    fn tells_spanish_from_english_and_knows_when_it_does_not_know() {
        let spanish =
            "Hoy hemos publicado las normas de la comunidad y queremos que todo el mundo pueda leerlas con calma.";
        let english =
            "Today we published the rules of the community and we would like everybody to read them with care.";
        assert_eq!(detect(spanish), Some("es"));
        assert_eq!(detect(english), Some("en"));
        assert_eq!(detect("ok"), None);
        assert_eq!(detect("@ana@beta.test https://example.com/the/house/of/the/people #rust"), None);
    }

    #[test]
    fn every_detectable_language_has_a_short_tag() {
        assert!(SHORT.is_sorted());
        for lang in Lang::all() {
            assert!(short(*lang).is_some(), "{}", lang.code());
        }
    }

    #[test]
    fn tags_get_one_spelling() {
        for (written, usual) in [
            ("ES", "es"),
            ("es_mx", "es-MX"),
            ("spa", "es"),
            (" zh-hant-tw ", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("ast", "ast"),
            ("ca-valencia", "ca-valencia"),
            ("en-u-CO-phonebk", "en-u-co-phonebk"),
        ] {
            assert_eq!(normalize_tag(written).as_deref(), Some(usual), "{written}");
        }
        for text in ["", "e", "und", "español", "es-", "es--MX", "en;q=0.5", "klingonese", "<b>", "a-b", "es-MX\n<"] {
            assert_eq!(normalize_tag(text), None, "{text}");
        }
    }
}
