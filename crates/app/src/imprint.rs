//! What the server says of itself – what it is, what it knows of people, what they agree to, who answers for it – and the
//! rules of the house.
use domain::{
    actor::Actor,
    id::{ActorId, HouseRuleId},
    imprint::{HouseRule, Kind, LANGUAGES, Text, Wording},
    text::{markdown, plain},
    time::Timestamp,
};
use store::Conn;

use crate::{App, Error, Event, House, Me, Part, Result, people, rules};

/// The longest text of several lines, the longest summary, and the longest rule, in characters.
pub const TEXT: usize = 40_000;
/// See [`TEXT`].
pub const LINE: usize = 300;
/// How many rules there may be: more are read by nobody.
pub const RULES: usize = 30;

/// Under which words the server remembers who answers for it.
const EMAIL: &str = "contact_email";
const PERSON: &str = "contact_person";

/// What is said about privacy where nobody has written anything, by language, and since when it is so.
const PRIVACY: [(&str, &str); 2] =
    [("es", include_str!("../texts/privacy.es.md")), ("en", include_str!("../texts/privacy.en.md"))];
const PRIVACY_SINCE: Timestamp = Timestamp(1_795_824_000_000);

/// A text as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it says: HTML, or, of one that is a line, plain text of one line.
    pub body: String,
    /// BCP 47.
    pub language: String,
    /// Since when it holds.
    pub effective: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// When the text begins that holds after it.
    pub succeeded_by: Option<Timestamp>,
}

/// The text that holds now, in a language, or in the one that there is.
pub async fn text(app: &App, kind: Kind, language: &'static str) -> Result<Option<Shown>> {
    let (now, host) = (app.now(), app.site().host().display());
    app.read(move |c| Ok(read(c, kind, language, now)?.or_else(|| usual(kind, language, &host)))).await
}

/// The text that began on a day.
pub async fn text_of(app: &App, kind: Kind, language: &'static str, day: Timestamp) -> Result<Option<Shown>> {
    let found = app.read(move |c| read(c, kind, language, day)).await?;
    Ok(found.filter(|text| text.effective == day))
}

/// The text that holds at a moment.
pub fn read(conn: &mut Conn, kind: Kind, language: &str, at: Timestamp) -> store::Result<Option<Shown>> {
    let all = store::imprint::texts(conn, kind)?;
    let in_force = |text: &&Text| text.effective <= at;
    // The newest come first. What was never said in that language is said in the other.
    let found = all.iter().filter(in_force).find(|text| text.language == language);
    let Some(text) = found.or_else(|| all.iter().find(in_force)) else { return Ok(None) };
    let next = all.iter().rev().find(|other| other.language == text.language && other.effective > text.effective);
    Ok(Some(Shown {
        body: if kind.is_line() { text.source.clone() } else { render(&text.source) },
        language: text.language.clone(),
        effective: text.effective,
        updated: text.updated,
        succeeded_by: next.map(|next| next.effective),
    }))
}

/// What is said where nobody has written anything.
fn usual(kind: Kind, language: &str, host: &str) -> Option<Shown> {
    let (language, source) = PRIVACY.iter().find(|(tag, _)| kind == Kind::Privacy && *tag == language)?;
    Some(Shown {
        body: render(&source.replace("{site}", host)),
        language: (*language).to_owned(),
        effective: PRIVACY_SINCE,
        updated: PRIVACY_SINCE,
        succeeded_by: None,
    })
}

/// HTML of a text, whose headings stand below the one of the page.
pub fn render(source: &str) -> String {
    let html = markdown::render(source, |_| None, |_| None);
    (1..6).rev().fold(html, |html, level| {
        let (is, becomes) = (format!("h{level}>"), format!("h{}>", level + 1));
        html.replace(&format!("<{is}"), &format!("<{becomes}")).replace(&format!("</{is}"), &format!("</{becomes}"))
    })
}

/// A text as it was written, in every language and of every day; for admins.
pub async fn sources(app: &App, me: Me, kind: Kind) -> Result<Vec<Text>> {
    rules::read_as_admin(app, me, move |c| store::imprint::texts(c, kind)).await
}

/// Writes a text in one language, from `effective` on if it is one of those that begin on a day; nothing takes it back.
pub async fn write(app: &App, me: Me, kind: Kind, language: &str, effective: Timestamp, source: &str) -> Result<()> {
    if !LANGUAGES.contains(&language) {
        return Err(Error::Invalid("the server does not speak this language".into()));
    }
    let (most, cleaned) =
        if kind.is_line() { (LINE, plain::line(source, LINE)) } else { (TEXT, plain::clean(source, TEXT)) };
    if source.chars().count() > most {
        return Err(Error::Invalid(format!("this text has at most {most} characters")));
    }
    let effective = if kind == Kind::Terms { effective } else { Timestamp(0) };
    let language = language.to_owned();
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        if cleaned.is_empty() {
            store::imprint::remove_text(tx, kind, &language, effective)?;
        } else {
            let (source, updated) = (cleaned.clone(), tx.now());
            store::imprint::set_text(tx, &Text { kind, language: language.clone(), effective, source, updated })?;
        }
        tx.emit(Event::House(House::Changed { by: me.0, what: Part::Text, about: format!("{kind}, {language}") }));
        Ok(())
    })
    .await
}

/// The rules of the house, in their order.
pub async fn house_rules(app: &App) -> Result<Vec<HouseRule>> {
    app.read(store::imprint::rules).await
}

/// What becomes of the rules of the house.
#[derive(Debug, Clone)]
pub enum Change {
    /// One is worded, or, without a number, added at the end.
    Say(Option<HouseRuleId>, Vec<Wording>),
    /// One goes before the one above it.
    Up(HouseRuleId),
    /// One goes behind the one below it.
    Down(HouseRuleId),
    /// One holds no more.
    End(HouseRuleId),
}

/// Changes the rules of the house.
pub async fn change_house_rules(app: &App, me: Me, change: Change) -> Result<()> {
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        let mut held = store::imprint::rules(tx)?;
        let at = |id: HouseRuleId| held.iter().position(|rule| rule.id == id).ok_or(Error::NotFound);
        match change.clone() {
            Change::Say(id, wordings) => {
                let wordings = worded(wordings);
                if wordings.is_empty() {
                    return Err(Error::Invalid("a rule says something".into()));
                }
                match id {
                    Some(id) => {
                        at(id)?;
                        held.iter_mut()
                            .filter(|rule| rule.id == id)
                            .for_each(|rule| rule.wordings.clone_from(&wordings));
                    }
                    None if held.len() >= RULES => {
                        return Err(Error::Invalid(format!("there are at most {RULES} rules")));
                    }
                    None => held.push(HouseRule { id: tx.new_id(), wordings }),
                }
            }
            Change::Up(id) => {
                let at = at(id)?;
                held.swap(at, at.saturating_sub(1));
            }
            Change::Down(id) => {
                let at = at(id)?;
                let below = (at + 1).min(held.len().saturating_sub(1));
                held.swap(at, below);
            }
            Change::End(id) => {
                let now = tx.now();
                if !store::imprint::end_rule(tx, id, now)? {
                    return Err(Error::NotFound);
                }
                held.retain(|rule| rule.id != id);
            }
        }
        for (place, rule) in (1..).zip(&held) {
            store::imprint::set_rule(tx, rule, place)?;
        }
        tx.emit(Event::House(House::Changed { by: me.0, what: Part::Rules, about: String::new() }));
        Ok(())
    })
    .await
}

/// The wordings that say something.
fn worded(wordings: Vec<Wording>) -> Vec<Wording> {
    let tidy = |wording: Wording| Wording {
        text: plain::line(&wording.text, LINE),
        hint: plain::line(&wording.hint, LINE),
        language: wording.language,
    };
    let says = |wording: &Wording| !wording.text.is_empty() && LANGUAGES.contains(&wording.language.as_str());
    wordings.into_iter().map(tidy).filter(says).collect()
}

/// Who answers for the server.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// Where mail reaches them; none, if that is empty.
    pub email: String,
    /// Their account.
    pub person: Option<Actor>,
}

/// Who answers for the server.
pub async fn contact(app: &App) -> Result<Contact> {
    app.read(read_contact).await
}

/// See [`contact`].
pub fn read_contact(conn: &mut Conn) -> store::Result<Contact> {
    let email = store::settings::get(conn, EMAIL)?.unwrap_or_default();
    let id = store::settings::get(conn, PERSON)?.and_then(|id| id.parse().ok()).map(ActorId);
    // Until somebody is named, that is whoever has administered it the longest.
    let person = match id.or(store::accounts::admins(conn)?.first().copied()) {
        Some(id) => store::actors::by_id(conn, id)?.filter(|actor| actor.deleted.is_none()),
        None => None,
    };
    Ok(Contact { email, person })
}

/// Says who answers for the server: a mail address, and somebody here by their name; either may be empty.
pub async fn set_contact(app: &App, me: Me, email: &str, name: &str) -> Result<()> {
    let email = if email.trim().is_empty() { String::new() } else { people::checked_email(email)? };
    let person = match name.trim() {
        "" => String::new(),
        name => people::by_name(app, name).await?.id.to_string(),
    };
    app.write(move |tx| {
        rules::may_administer(tx, me)?;
        store::settings::set(tx, EMAIL, &email)?;
        store::settings::set(tx, PERSON, &person)?;
        tx.emit(Event::House(House::Changed { by: me.0, what: Part::Contact, about: email.clone() }));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_stand_below_the_one_of_the_page() {
        let html = render("# Uno\n\n## Dos\n\n###### Seis\n\n`<h1>`");
        assert!(html.contains("<h2>Uno</h2>") && html.contains("<h3>Dos</h3>") && html.contains("<h6>Seis</h6>"));
        assert!(!html.contains("<h1>"), "{html}");
    }

    #[test]
    fn privacy_is_told_in_both_languages_from_the_beginning() {
        for language in LANGUAGES {
            let text = usual(Kind::Privacy, language, "plaza.test").unwrap();
            assert!(text.body.contains("plaza.test") && !text.body.contains("{site}") && text.body.contains("<h3>"));
        }
        assert!(usual(Kind::Terms, "es", "plaza.test").is_none(), "nobody agrees to what nobody wrote");
    }
}
