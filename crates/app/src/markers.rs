//! How far one has read, so that every client of a person goes on where another one stopped.
use store::markers::Marker;

use crate::{App, Me, Result};

/// How far somebody has read what they were told; clients know it by the same name.
pub const NOTICES: &str = "notifications";

/// Sets how far I have read some timelines; the answer is what is known of these.
pub async fn set(app: &App, me: Me, read: Vec<(&'static str, i64)>) -> Result<Vec<Marker>> {
    app.write(move |tx| {
        let now = tx.now();
        for (timeline, last) in &read {
            store::markers::set(tx, me.0, timeline, *last, now)?;
        }
        let mut markers = store::markers::of(tx, me.0)?;
        markers.retain(|marker| read.iter().any(|(timeline, _)| *timeline == marker.timeline));
        Ok(markers)
    })
    .await
}
