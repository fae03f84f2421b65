//! Holding somebody back on this whole server: heard by those alone who ask for them, or with all their pictures covered; and
//! warning them first.
use domain::{actor::Restraint, id::ActorId, statement::Sanction, text::plain};

use crate::{App, Error, Event, House, Me, Result, Tx, statements, suspensions};

/// Holds somebody back, here or elsewhere.
pub async fn lay(app: &App, me: Me, person: ActorId, how: Restraint, reason: String) -> Result<()> {
    app.write(move |tx| set(tx, me, person, (how, true), &reason)).await
}

/// Lets go of somebody.
pub async fn lift(app: &App, me: Me, person: ActorId, how: Restraint) -> Result<()> {
    app.write(move |tx| set(tx, me, person, (how, false), "")).await
}

/// Warns somebody, here or elsewhere, in the name of this server: they are told why, and may appeal.
pub async fn warn(app: &App, me: Me, person: ActorId, reason: String) -> Result<()> {
    app.write(move |tx| {
        suspensions::subject(tx, me, person)?;
        let reason = plain::line(&reason, suspensions::REASON);
        if reason.is_empty() {
            return Err(Error::Invalid("whoever is warned hears why".into()));
        }
        let statement = statements::issue_everywhere(tx, me.0, (person, Sanction::Caution), &reason)?;
        tx.emit(Event::House(House::Cautioned { person, by: me.0, reason, statement }));
        Ok(())
    })
    .await
}

pub(crate) fn set(
    tx: &mut Tx<'_, '_>,
    me: Me,
    person: ActorId,
    (how, on): (Restraint, bool),
    reason: &str,
) -> Result<()> {
    let actor = suspensions::subject(tx, me, person)?;
    if actor.is_held_back(how) != on {
        store::actors::restrain(tx, person, how, on)?;
        let (reason, sanction) = (plain::line(reason, suspensions::REASON), how.sanction());
        let statement = if on {
            statements::issue_everywhere(tx, me.0, (person, sanction), &reason)?
        } else {
            statements::lift_everywhere(tx, me.0, person, sanction)?;
            None
        };
        tx.emit(Event::House(House::Restrained { person, by: me.0, how, on, reason, statement }));
    }
    Ok(())
}
