//! A directory that speaks LDAP: who somebody is who says their name in it, and its password.
use std::fmt;

use domain::text::plain;

use super::provider::Testimony;
use crate::{
    App, Error, Result, Whence,
    devices::{self, Door},
    limits::Deed,
};

/// How long what a directory knows somebody by may be, as for other providers.
const SUBJECT: usize = 255;

/// A directory, and how people are looked up in it, as the operator describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Directory {
    /// The name of the machine, or its address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it is spoken with by TLS from the first byte; if it is not, TLS begins before anything is said, except on
    /// this machine itself.
    pub tls: bool,
    /// Below which entry its people are.
    pub base: String,
    /// As which entry we look people up; empty, if anybody may.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: String,
    /// Which entry is whose (RFC 4515); `{login}` stands for what somebody says.
    pub filter: String,
    /// The attribute that never changes, by which people are known for ever.
    pub subject: String,
    /// The attribute that people are called by.
    pub handle: String,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Directory").field(&self.host).field(&self.base).finish_non_exhaustive()
    }
}

/// What stands in a directory about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where: the name of the entry, which its password belongs to.
    pub dn: String,
    /// The value of the attribute that never changes; bytes that are no text in hexadecimal digits.
    pub subject: String,
    /// What they are called.
    pub handle: Option<String>,
    /// Their address.
    pub mail: Option<String>,
}

/// Who the directory says that somebody is who knows the password of the one entry with this name; nobody, if they do not,
/// or if there is no such entry or more than one, and nothing tells which.
pub(super) async fn testimony(
    app: &App,
    directory: &Directory,
    (name, password): (&str, &str),
    whence: &Whence,
) -> Result<Option<Testimony>> {
    let name = plain::cut(name.trim(), 254);
    app.limits().from(Deed::Login, whence, app.now())?;
    let is_known = devices::guess(app, Door::Directory, &name, whence)?;
    // A directory lets in whoever says no password at all, as nobody (RFC 4513, section 5.1.2).
    if name.is_empty() || password.is_empty() {
        return Ok(None);
    }
    let clerk = app.clerk()?;
    let Some(listed) = clerk.find(directory, &name).await? else { return Ok(None) };
    if listed.dn.is_empty() || listed.subject.is_empty() || listed.subject.len() > SUBJECT {
        let what = "the directory does not say by what somebody is known for ever".to_owned();
        return Err(Error::Unreachable { what, retry: false });
    }
    // Directories take many spellings for one name. Who tried all of them is told no more than that this one is wrong.
    let may_try = is_known || devices::stranger(app, &format!("listed {}", listed.subject)).is_ok();
    if !may_try || !clerk.is_right(directory, &listed.dn, password).await? {
        return Ok(None);
    }
    Ok(Some(Testimony {
        subject: listed.subject,
        called: listed.handle,
        verified: listed.mail.is_some(),
        address: listed.mail,
    }))
}
