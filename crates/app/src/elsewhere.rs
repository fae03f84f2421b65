//! The way from something of ours to the server where somebody has their account, so that they take part from there.
use domain::handle::Handle;

use crate::{App, Error, Result, Whence, limits};

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Follow a person or a group.
    Follow,
    /// Reply to a post.
    Reply,
    /// Vote for a post.
    Like,
    /// Pass a post on.
    Share,
}

/// Where somebody does that with `object`; nothing if their server does not say. It is asked, whoever wants to know.
pub async fn way(app: &App, who: &Handle, deed: Deed, object: &str, whence: &Whence) -> Result<Option<String>> {
    if who.host.as_ref().is_none_or(|host| app.site().serves(host)) {
        return Err(Error::NotFound);
    }
    app.limits().from(limits::Deed::Abroad, whence, app.now())?;
    let found = app.resolver().way(app, who, deed, object).await?;
    Ok(found.filter(|url| url.starts_with("https://") || app.site().is_development()))
}
