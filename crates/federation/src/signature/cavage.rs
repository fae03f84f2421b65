//! draft-cavage-http-signatures, as the fediverse speaks it.

use domain::time::Timestamp;

use super::{
    KeyKind, Refused, Scheme, digest,
    verify::{self, Claim, Message},
};

const MOST_PARAMETERS: usize = 16;
const MOST_HEADERS: usize = 32;

/// Reads the `Signature` header of draft-cavage.
pub(super) fn parse(message: &Message<'_>, header: &str) -> Result<Claim, Refused> {
    let parameters = Parameters::parse(header)?;
    let kind = match parameters.get("algorithm") {
        None | Some("hs2019") => None,
        Some("rsa-sha256") => Some(KeyKind::Rsa),
        Some("ed25519") => Some(KeyKind::Ed25519),
        Some(_) => return Err(Refused::Algorithm),
    };
    let names = names(parameters.get("headers").ok_or(Refused::Coverage("(request-target)"))?)?;
    let signed_at = check(message, &parameters, &names)?;
    let target = message.request.target;
    let path = target.split_once('?').map(|(path, _)| path);
    Ok(Claim {
        key_id: verify::key_id(parameters.get("keyId").ok_or(Refused::Malformed("no key id"))?)?,
        scheme: Scheme::Cavage,
        signed_at,
        kind,
        signature: verify::signature(parameters.get("signature").ok_or(Refused::Malformed("no signature"))?)?,
        text: text(message, &parameters, &names, target)?,
        other_text: path.map(|path| text(message, &parameters, &names, path)).transpose()?,
    })
}

/// The covered names, each once.
fn names(list: &str) -> Result<Vec<&str>, Refused> {
    let mut names: Vec<&str> = Vec::with_capacity(MOST_HEADERS);
    for name in list.split(' ') {
        let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if known || name.is_empty() || names.len() == MOST_HEADERS {
            return Err(Refused::Malformed("headers"));
        }
        names.push(name);
    }
    Ok(names)
}

/// Coverage, time and digest; the answer is when it was signed.
fn check(message: &Message<'_>, parameters: &Parameters<'_>, names: &[&str]) -> Result<Timestamp, Refused> {
    let covers = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if let Some(missing) = ["(request-target)", "host"].into_iter().find(|wanted| !covers(wanted)) {
        return Err(Refused::Coverage(missing));
    }
    let date = covers("date").then(|| message.date()).transpose()?;
    let created = covers("(created)").then(|| parameters.seconds("created")).transpose()?;
    if let Some(created) = created {
        message.check_moment(created)?;
    }
    if parameters.get("expires").is_some() {
        message.check_expiry(parameters.seconds("expires")?)?;
    }
    if covers("digest") {
        digest::check_digest(message.header("digest")?, &message.request.body)?;
    } else if message.has_body() {
        return Err(Refused::Coverage("digest"));
    }
    created.or(date).map(Timestamp::from_seconds).ok_or(Refused::Coverage("date or (created)"))
}

/// The text that was signed, with `path` as request target.
fn text(message: &Message<'_>, parameters: &Parameters<'_>, names: &[&str], path: &str) -> Result<Vec<u8>, Refused> {
    let mut text = String::with_capacity(512);
    for name in names {
        if !text.is_empty() {
            text.push('\n');
        }
        let start = text.len();
        text.push_str(name);
        text.get_mut(start..).unwrap_or_default().make_ascii_lowercase();
        text.push_str(": ");
        match *name {
            "(request-target)" => {
                text.extend(message.request.method.chars().map(|letter| letter.to_ascii_lowercase()));
                text.push(' ');
                text.push_str(path);
            }
            "(created)" => text.push_str(parameters.get("created").unwrap_or_default()),
            "(expires)" => text.push_str(parameters.get("expires").ok_or(Refused::Malformed("no expires"))?),
            name => text.push_str(message.header(name)?),
        }
    }
    Ok(text.into_bytes())
}

/// The parameters of a header that is written like a signature of draft-cavage; nothing if it cannot be read.
pub(crate) fn parameters(header: &str) -> Option<Vec<(&str, &str)>> {
    Parameters::parse(header).ok().map(|parameters| parameters.0)
}

/// `name="value"` and `name=number`, comma-separated, each name once.
struct Parameters<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parameters<'a> {
    fn parse(header: &'a str) -> Result<Self, Refused> {
        let malformed = Refused::Malformed("signature parameters");
        let mut parameters = Self(Vec::with_capacity(8));
        let mut rest = header.trim_start();
        loop {
            let (name, after) = rest.split_once('=').ok_or(malformed)?;
            let (value, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or(malformed)?,
                None => after.split_at(after.find([',', ' ', '\t']).unwrap_or(after.len())),
            };
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name || value.contains(['\\', '"']) || parameters.0.len() == MOST_PARAMETERS {
                return Err(malformed);
            }
            if parameters.get(name).is_some() {
                return Err(Refused::Malformed("a repeated signature parameter"));
            }
            parameters.0.push((name, value));
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(parameters);
            }
            rest = rest.strip_prefix(',').ok_or(malformed)?.trim_start();
        }
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    fn seconds(&self, name: &str) -> Result<i64, Refused> {
        let value = self.get(name).ok_or(Refused::Malformed("no time"))?;
        value.parse().ok().ok_or(Refused::Malformed("time"))
    }
}
