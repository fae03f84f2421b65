//! Who hears of everything that happens, in the transaction in which it does.
use crate::{Event, Result, Tx, advice, conversations, hints, log, notifications, nudges, portions, welcomes};

/// Tells all of them. What they emit themselves nobody hears.
pub(crate) fn hear(tx: &mut Tx<'_, '_>, event: &Event) -> Result<()> {
    notifications::record(tx, event)?;
    conversations::record(tx, event)?;
    hints::record(tx, event)?;
    welcomes::record(tx, event)?;
    nudges::record(tx, event)?;
    portions::record(tx, event)?;
    advice::record(tx, event)?;
    log::record(tx, event)
}
