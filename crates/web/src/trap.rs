//! What keeps scripts from signing up and asks nothing of people: a field that nobody sees, and how long a form lay open.
use std::time::Duration;

use app::{App, Result};
use domain::time::{Timestamp, span};

/// The name of the hidden field that says when the form was opened.
pub(crate) const OPENED: &str = "sealed";

/// Nobody reads a form and fills it in within this time.
const QUICKEST: Duration = span::seconds(2);

/// A form that lay open for longer is made anew.
const LONGEST: Duration = span::days(1);

/// What the moment is sealed for.
const MOMENT: &str = "a form that was opened";

/// The moment that a form was opened, sealed; of one that is shown again, the same.
pub(crate) fn open(app: &App, sealed: &str) -> Result<String> {
    if opened(app, sealed).is_some() {
        return Ok(sealed.to_owned());
    }
    Ok(hex::encode(app.seal().close(MOMENT, app.now().0.to_string().as_bytes())?))
}

/// When a form was opened, if it is one of ours and not of long ago.
fn opened(app: &App, sealed: &str) -> Option<Timestamp> {
    let text = app.seal().open(MOMENT, &hex::decode(sealed).ok()?).ok()?;
    let at = Timestamp(String::from_utf8(text).ok()?.parse().ok()?);
    (app.now().since(at) <= LONGEST).then_some(at)
}

/// Waits until a form has lain open for as long as anybody takes: whoever was quicker, since their browser filled it in, loses
/// nothing of what they entered, and scripts gain nothing by haste.
pub(crate) async fn bide(app: &App, sealed: &str) {
    let open = opened(app, sealed).map(|at| app.now().since(at));
    if let Some(missing) = open.and_then(|open| QUICKEST.checked_sub(open)) {
        tokio::time::sleep(missing).await;
    }
}

/// Whether a form was sent as only scripts send it: without having been opened, or with something in the field that nobody
/// sees. Whoever is quicker than anybody types is made to wait: see [`bide`].
pub(crate) fn is_sprung(app: &App, sealed: &str, lure: &str) -> bool {
    !lure.is_empty() || opened(app, sealed).is_none()
}
