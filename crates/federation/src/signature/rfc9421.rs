//! RFC 9421, HTTP Message Signatures: the part of it that servers of the fediverse need, read strictly.

use domain::time::Timestamp;

use super::{
    KeyKind, Refused, Scheme, digest,
    verify::{self, Claim, Message},
};

const MOST_COMPONENTS: usize = 32;
const MOST_PARAMETERS: usize = 16;
const MALFORMED: Refused = Refused::Malformed("signature input");
const ONE_LABEL: Refused = Refused::Malformed("exactly one signature is accepted");

/// Reads `Signature` and `Signature-Input`.
pub(super) fn parse(message: &Message<'_>, signature: &str, input: &str) -> Result<Claim, Refused> {
    let (label, list) = member(input)?;
    let input = Input::parse(list)?;
    let (signed_label, signature) = member(signature)?;
    if label != signed_label {
        return Err(Refused::Malformed("the labels differ"));
    }
    let (signature, rest) = signature.strip_prefix(':').and_then(|rest| rest.split_once(':')).ok_or(MALFORMED)?;
    if !rest.is_empty() {
        return Err(if rest.trim_start().starts_with(',') { ONE_LABEL } else { MALFORMED });
    }
    let kind = match input.algorithm {
        None => None,
        Some("rsa-v1_5-sha256") => Some(KeyKind::Rsa),
        Some("ed25519") => Some(KeyKind::Ed25519),
        Some(_) => return Err(Refused::Algorithm),
    };
    let signed_at = check(message, &input)?;
    Ok(Claim {
        key_id: verify::key_id(input.key_id.ok_or(Refused::Coverage("keyid"))?)?,
        scheme: Scheme::Rfc9421,
        signed_at,
        kind,
        signature: verify::signature(signature)?,
        text: text(message, &input, list)?,
        other_text: None,
    })
}

/// Coverage, time and digest; the answer is when it was signed.
fn check(message: &Message<'_>, input: &Input<'_>) -> Result<Timestamp, Refused> {
    let covers = |name: &str| input.components.contains(&name);
    if !covers("@method") {
        return Err(Refused::Coverage("@method"));
    }
    let query_covered = covers("@query") || !message.request.target.contains('?');
    let target = covers("@request-target") || (covers("@path") && query_covered);
    if !(covers("@target-uri") || (covers("@authority") || covers("host")) && target) {
        return Err(Refused::Coverage("@target-uri"));
    }
    let created = input.created.ok_or(Refused::Coverage("created"))?;
    message.check_moment(created)?;
    if covers("date") {
        message.date()?;
    }
    if let Some(expires) = input.expires {
        message.check_expiry(expires)?;
    }
    if covers("content-digest") {
        digest::check_content_digest(message.header("content-digest")?, &message.request.body)?;
    } else if message.has_body() {
        return Err(Refused::Coverage("content-digest"));
    }
    if covers("digest") {
        digest::check_digest(message.header("digest")?, &message.request.body)?;
    }
    Ok(Timestamp::from_seconds(created))
}

/// The text that was signed.
fn text(message: &Message<'_>, input: &Input<'_>, list: &str) -> Result<Vec<u8>, Refused> {
    let request = message.request;
    let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
    let mut text = String::with_capacity(512);
    for name in &input.components {
        text.extend(["\"", name, "\": "]);
        match *name {
            "@method" => text.push_str(request.method),
            "@target-uri" => text.extend([request.scheme, "://", &message.authority, request.target]),
            "@authority" => text.push_str(&message.authority),
            "@scheme" => text.push_str(request.scheme),
            "@request-target" => text.push_str(request.target),
            "@path" => text.push_str(path),
            "@query" => text.extend(["?", query]),
            name if name.starts_with('@') => return Err(Refused::Malformed("an unknown component")),
            name => text.push_str(message.header(name)?),
        }
        text.push('\n');
    }
    text.extend(["\"@signature-params\": ", list]);
    Ok(text.into_bytes())
}

/// The one member of a dictionary: its label, and the rest.
fn member(text: &str) -> Result<(&str, &str), Refused> {
    let (label, value) = text.split_once('=').ok_or(MALFORMED)?;
    if is_key(label) { Ok((label, value)) } else { Err(MALFORMED) }
}

fn is_key(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '*')
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*'))
}

/// What a signature covers, and its parameters.
#[derive(Default)]
struct Input<'a> {
    components: Vec<&'a str>,
    created: Option<i64>,
    expires: Option<i64>,
    key_id: Option<&'a str>,
    algorithm: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// Reads `("one" "two");name=value;…`.
    fn parse(list: &'a str) -> Result<Self, Refused> {
        let mut input = Self::default();
        let mut rest = list.strip_prefix('(').ok_or(MALFORMED)?.trim_start_matches(' ');
        while !rest.starts_with(')') {
            let (name, after) = string(rest)?;
            // Components with parameters of their own (`;sf`, `;req`, …) are nothing that peers send.
            let separated = after.starts_with([' ', ')']);
            let named = name.strip_prefix('@').unwrap_or(name);
            let lower = !named.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
            if !separated || !lower || input.components.contains(&name) || input.components.len() == MOST_COMPONENTS {
                return Err(MALFORMED);
            }
            input.components.push(name);
            rest = after.trim_start_matches(' ');
        }
        input.parameters(rest.strip_prefix(')').ok_or(MALFORMED)?)?;
        Ok(input)
    }

    fn parameters(&mut self, mut rest: &'a str) -> Result<(), Refused> {
        let mut names: Vec<&str> = Vec::with_capacity(MOST_PARAMETERS);
        while !rest.is_empty() {
            if rest.trim_start().starts_with(',') {
                return Err(ONE_LABEL);
            }
            let (name, after) = rest
                .strip_prefix(';')
                .and_then(|rest| rest.trim_start_matches(' ').split_once('='))
                .ok_or(MALFORMED)?;
            if !is_key(name) || names.len() == MOST_PARAMETERS {
                return Err(MALFORMED);
            }
            if names.contains(&name) {
                return Err(Refused::Malformed("a repeated signature parameter"));
            }
            names.push(name);
            rest = match name {
                "created" => number(after, &mut self.created)?,
                "expires" => number(after, &mut self.expires)?,
                "keyid" => text_value(after, &mut self.key_id)?,
                "alg" => text_value(after, &mut self.algorithm)?,
                // `nonce` and `tag` are signed with the rest and mean nothing here.
                _ => string(after)?.1,
            };
        }
        Ok(())
    }
}

fn number<'a>(text: &'a str, into: &mut Option<i64>) -> Result<&'a str, Refused> {
    let (digits, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(if digits.contains(',') { ONE_LABEL } else { MALFORMED });
    }
    *into = Some(digits.parse().ok().ok_or(MALFORMED)?);
    Ok(rest)
}

fn text_value<'a>(text: &'a str, into: &mut Option<&'a str>) -> Result<&'a str, Refused> {
    let (value, rest) = string(text)?;
    *into = Some(value);
    Ok(rest)
}

/// A quoted string; one with escapes is nothing that peers send.
fn string(text: &str) -> Result<(&str, &str), Refused> {
    let (value, rest) = text.strip_prefix('"').and_then(|text| text.split_once('"')).ok_or(MALFORMED)?;
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\') {
        Ok((value, rest))
    } else {
        Err(MALFORMED)
    }
}
