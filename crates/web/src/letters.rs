//! The mails that the server writes to people, in their language: as plain text, and the same as simple HTML.
use app::{
    digests::{Thread, Told},
    mail::{About, Letter},
    mailings::News,
};
use askama::Template;

use crate::{language::Language, notices};

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it is about.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What a letter says, from top to bottom.
#[derive(Template)]
#[template(path = "letter.html")]
struct Sheet {
    t: Language,
    subject: String,
    greeting: String,
    paragraphs: Vec<String>,
    /// What can be read: where, what it is called, and what else there is to say of it.
    items: Vec<(String, String, String)>,
    /// Where it leads, and what that is called.
    way: Option<(String, &'static str)>,
    /// What to do if it was not them.
    otherwise: Option<&'static str>,
    /// Where letters of this kind are stopped.
    stop: Option<String>,
    /// What those who run the site say at the end.
    closing: String,
    signature: String,
}

/// Puts a letter into words.
///
/// # Errors
/// When the template cannot be rendered.
pub fn write(letter: &Letter) -> Result<Written, askama::Error> {
    let t = Language::of_person(&letter.language, letter.words);
    let sheet = sheet(t, letter);
    Ok(Written { text: text(&sheet), html: sheet.render()?, subject: sheet.subject })
}

fn sheet(t: Language, letter: &Letter) -> Sheet {
    let (site, name) = (&letter.site, &letter.name);
    let (mut items, mut stop) = (Vec::new(), None);
    let (subject, paragraphs, way, otherwise) = match &letter.about {
        About::Confirm { link } => (
            t.mail_confirm(site),
            vec![t.mail_confirm_text(name, site)],
            Some((link.clone(), t.mail_confirm_way())),
            Some(t.mail_not_me()),
        ),
        About::NewAddress { link } => (
            t.mail_new_address(site),
            vec![t.mail_new_address_text(name, site)],
            Some((link.clone(), t.mail_confirm_way())),
            Some(t.mail_not_me()),
        ),
        About::AddressTaken { link } => (
            t.mail_taken(site),
            vec![t.mail_taken_text(site)],
            Some((link.clone(), t.sign_in())),
            Some(t.mail_not_me()),
        ),
        About::AddressChanged { link } => (
            t.mail_address_changed(site),
            vec![t.mail_address_changed_text(name, site)],
            Some((link.clone(), t.recover())),
            Some(t.mail_alarm()),
        ),
        About::Renew { link } => (
            t.mail_renew(site),
            vec![t.mail_renew_text(name, site)],
            Some((link.clone(), t.renew())),
            Some(t.mail_not_me()),
        ),
        About::PasswordChanged { link } => (
            t.mail_password_changed(site),
            vec![t.mail_password_changed_text(name, site)],
            Some((link.clone(), t.recover())),
            Some(t.mail_alarm()),
        ),
        About::Passkey { name: passkey, is_new, link } => (
            if *is_new { t.mail_passkey_added(site) } else { t.mail_passkey_removed(site) },
            vec![if *is_new {
                t.mail_passkey_added_text(name, passkey, site)
            } else {
                t.mail_passkey_removed_text(name, passkey, site)
            }],
            Some((link.clone(), t.recover())),
            Some(if *is_new { t.mail_passkey_alarm() } else { t.mail_alarm() }),
        ),
        About::Identity { name: called, is_new, link } => {
            let (subject, text) = linked(t, (site.as_str(), name.as_str()), called, *is_new);
            (subject, vec![text], Some((link.clone(), t.recover())), Some(t.mail_alarm()))
        }
        About::SecondStep { is_on, link } => (
            if *is_on { t.mail_second_step_on(site) } else { t.mail_second_step_off(site) },
            vec![if *is_on { t.mail_second_step_on_text(name, site) } else { t.mail_second_step_off_text(name, site) }],
            Some((link.clone(), t.recover())),
            Some(t.mail_alarm()),
        ),
        About::Waiting { newcomer, reason, link } => (
            t.mail_waiting(newcomer, site),
            vec![t.mail_waiting_text(newcomer, site), reason.clone()],
            Some((link.clone(), t.queue())),
            None,
        ),
        About::TakenIn { link } => {
            (t.mail_taken_in(site), vec![t.mail_taken_in_text(name, site)], Some((link.clone(), t.sign_in())), None)
        }
        About::Stated { group, link } => {
            let (subject, text) = match group {
                Some(group) => (t.mail_stated(group, site), t.mail_stated_text(group, name)),
                None => (t.mail_stated_here(site), t.mail_stated_here_text(name, site)),
            };
            (subject, vec![text], Some((link.clone(), t.statement())), None)
        }
        About::Decided { granted, answer, link } => {
            let text = if *granted { t.mail_granted() } else { t.mail_upheld() };
            let text = vec![text.to_owned(), t.because(answer)];
            (t.mail_decided(site), text, Some((link.clone(), t.statement())), None)
        }
        About::TurnedAway { reason } => {
            let why = if reason.is_empty() { String::new() } else { t.because(reason) };
            (t.mail_turned_away(site), vec![t.mail_turned_away_text(site), why], None, None)
        }
        About::Digest(told) => {
            items.extend(told.threads.iter().map(|thread| item(t, thread)));
            stop = Some(told.stop.clone());
            (t.mail_digest(site), gathered(t, site, told), Some((told.home.clone(), t.mail_digest_way())), None)
        }
        About::Notices(news) => {
            items.extend(news.told.iter().map(|one| (one.page.clone(), notices::in_letter(t, one), one.text.clone())));
            stop = Some(news.stop.clone());
            let (subject, more) = counted(t, site, news);
            (subject, vec![t.mail_notices_text(site), more], Some((news.home.clone(), t.notices())), None)
        }
    };
    let paragraphs = paragraphs.into_iter().filter(|text| !text.is_empty()).collect();
    let (greeting, signature) = (t.mail_greeting(name), t.mail_signature(site));
    let closing = letter.closing.clone();
    Sheet { t, subject, greeting, paragraphs, items, way, otherwise, stop, closing, signature }
}

/// What the letter of a week says before it tells of conversations.
fn gathered(t: Language, site: &str, told: &Told) -> Vec<String> {
    let further = if told.further > 0 { t.mail_digest_further(told.further) } else { String::new() };
    let closed = if told.closed > 0 { t.mail_digest_closed(told.closed) } else { String::new() };
    vec![t.mail_digest_text(site), further, closed]
}

/// What a letter about notices is about, and how many more there are than it tells.
fn counted(t: Language, site: &str, news: &News) -> (String, String) {
    let News { told, further, .. } = news;
    let more = if *further > 0 { t.mail_notices_further(*further) } else { String::new() };
    let subject = match told.as_slice() {
        [one] if *further == 0 => format!("{} · {site}", notices::in_letter(t, one)),
        _ => t.mail_notices(told.len() + further, site),
    };
    (subject, more)
}

/// What is said when a login is linked with an account at the provider, or no longer is.
fn linked(t: Language, (site, name): (&str, &str), called: &str, is_new: bool) -> (String, String) {
    if is_new {
        (t.mail_identity_linked(site), t.mail_identity_linked_text(called, name, site))
    } else {
        (t.mail_identity_unlinked(site), t.mail_identity_unlinked_text(called, name, site))
    }
}

fn item(t: Language, thread: &Thread) -> (String, String, String) {
    (thread.page.clone(), thread.title.clone(), t.mail_digest_thread(&thread.group, thread.posts))
}

fn text(sheet: &Sheet) -> String {
    let mut parts = vec![sheet.greeting.clone()];
    parts.extend(sheet.paragraphs.iter().cloned());
    parts.extend(sheet.items.iter().map(|(page, title, detail)| {
        let lines = [&**title, &**detail, &**page].into_iter().filter(|line| !line.is_empty());
        format!("* {}", lines.collect::<Vec<_>>().join("\n  "))
    }));
    parts.extend(sheet.way.iter().map(|(link, label)| format!("{label}:\n{link}")));
    parts.extend(sheet.otherwise.map(str::to_owned));
    parts.extend(sheet.stop.iter().map(|page| format!("{}:\n{page}", sheet.t.digest_stop())));
    parts.extend(Some(sheet.closing.clone()).filter(|text| !text.is_empty()));
    parts.push(format!("-- \n{}", sheet.signature));
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use app::{mailings, sentences::Words};

    use super::*;

    fn news(notices: usize) -> News {
        let told = mailings::Told {
            kind: "mention".into(),
            by: "<b>Hola".into(),
            is_private: false,
            text: "<b>Hola</b>".into(),
            page: "https://plaza.test/@bea/1".into(),
        };
        let home = "https://plaza.test/notices".to_owned();
        News { told: vec![told; notices], further: notices - 1, stop: format!("{home}/stop"), home }
    }

    fn letters() -> Vec<Letter> {
        let link = "https://plaza.test/x?token=1".to_owned();
        let abouts = [
            About::Confirm { link: link.clone() },
            About::NewAddress { link: link.clone() },
            About::AddressTaken { link: link.clone() },
            About::AddressChanged { link: link.clone() },
            About::Renew { link: link.clone() },
            About::PasswordChanged { link: link.clone() },
            About::Passkey { name: "<b>Hola</b>".into(), is_new: true, link: link.clone() },
            About::Passkey { name: "Móvil".into(), is_new: false, link: link.clone() },
            About::SecondStep { is_on: true, link: link.clone() },
            About::SecondStep { is_on: false, link: link.clone() },
            About::Waiting { newcomer: "bea".into(), reason: "<b>Hola</b>".into(), link: link.clone() },
            About::Stated { group: Some("Huerto".into()), link: link.clone() },
            About::Identity { name: "<b>Hola</b>".into(), is_new: true, link: link.clone() },
            About::Identity { name: "<b>Hola</b>".into(), is_new: false, link: link.clone() },
            About::Stated { group: None, link: link.clone() },
            About::Decided { granted: true, answer: "<b>Hola</b>".into(), link: link.clone() },
            About::Decided { granted: false, answer: "<b>Hola</b>".into(), link: link.clone() },
            About::TakenIn { link: link.clone() },
            About::Digest(Told {
                threads: vec![Thread { title: "<b>Hola".into(), group: "Huerto".into(), page: link.clone(), posts: 3 }],
                further: 1,
                closed: 2,
                home: link.clone(),
                stop: link,
            }),
            About::TurnedAway { reason: "<b>Hola</b>".into() },
            About::Notices(news(1)),
            About::Notices(news(3)),
        ];
        let letter = |about| Letter {
            to: "ana@plaza.test".into(),
            name: "ana".into(),
            language: "es-AR".into(),
            words: Words::default(),
            site: "plaza.test".into(),
            closing: "Tu barrio".into(),
            about,
        };
        abouts.into_iter().map(letter).collect()
    }

    #[test]
    fn every_letter_says_the_same_in_text_and_html_in_the_language_of_its_reader() {
        for letter in letters() {
            let spanish = write(&letter).unwrap();
            let english = write(&Letter { language: "en".into(), ..letter.clone() }).unwrap();
            assert_ne!(spanish.subject, english.subject);
            assert!(spanish.subject.contains("plaza.test") && !spanish.subject.contains('\n'), "{}", spanish.subject);
            assert!(spanish.html.contains("lang=\"es\"") && english.html.contains("lang=\"en\""));
            assert_eq!(crate::tests::strangers(&spanish.html, "es"), [""; 0], "{}", spanish.subject);
            assert_eq!(crate::tests::strangers(&english.html, "en"), [""; 0], "{}", english.subject);
            assert!(spanish.text.starts_with("Hola, ana"), "{}", spanish.text);
            for written in [&spanish, &english] {
                assert_eq!(written.text.contains("token=1"), written.html.contains("token=1"));
                assert!(written.text.contains("\n\nTu barrio\n\n") && written.html.contains("<p>Tu barrio</p>"));
                assert!(!written.html.contains("<b>Hola"), "what people write is text");
            }
        }
    }
}
