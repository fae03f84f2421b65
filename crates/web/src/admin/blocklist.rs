//! Lists of servers as Mastodon writes and reads them: one line a server, with commas between.
use app::rules::{COMMENT, NewRule};
use domain::{host::Host, rule::Ruling, text::plain};
use store::rules::Rule;

use crate::table::line;

/// The columns of a list of blocks.
const COLUMNS: [&str; 6] =
    ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"];

/// A list as it was read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// One rule for each host; the last line counts.
    pub(crate) rules: Vec<NewRule>,
    /// The lines that say nothing, as they were entered.
    pub(crate) strange: Vec<String>,
}

/// The blocks among these rules.
pub(crate) fn write(rules: &[Rule]) -> String {
    let mut text = line(&COLUMNS);
    for rule in rules {
        let severity = match rule.ruling {
            Ruling::Suspend => "suspend",
            Ruling::Silence => "silence",
            Ruling::Allow => continue,
        };
        let is_suspended = if rule.ruling == Ruling::Suspend { "true" } else { "false" };
        let host = rule.host.to_string();
        text.push_str(&line(&[&host, severity, is_suspended, is_suspended, &rule.public_comment, "false"]));
    }
    text
}

/// The allowed servers among these rules.
pub(crate) fn write_allowed(rules: &[Rule]) -> String {
    let allowed = rules.iter().filter(|rule| rule.ruling == Ruling::Allow);
    allowed.fold(line(&["#domain"]), |text, rule| text + &line(&[rule.host.as_ref()]))
}

/// Reads a list; where it names no severity, it is `usual`.
pub(crate) fn read(text: &str, usual: Ruling) -> Read {
    let mut rows = rows(text).into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).peekable();
    let is_head = |row: &Vec<String>| row.first().is_some_and(|cell| cell.trim_start_matches('#') == "domain");
    let head: Vec<String> = rows.next_if(is_head).unwrap_or_else(|| vec!["domain".to_owned()]);
    let column = |name: &str| head.iter().position(|cell| cell.trim_start_matches('#') == name);
    let (severity, comment) = (column("severity"), column("public_comment"));
    let mut read = Read::default();
    for row in rows {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", String::as_str);
        let ruling = match cell(severity) {
            "" => Some(usual),
            "suspend" => Some(Ruling::Suspend),
            "silence" | "limit" => Some(Ruling::Silence),
            _ => None,
        };
        let host = row.first().and_then(|name| Host::parse(name.trim_start_matches("*.")));
        let (Some(host), Some(ruling)) = (host, ruling) else {
            read.strange.push(plain::cut(&row.join(","), 120));
            continue;
        };
        read.rules.retain(|rule| rule.host != host);
        let public_comment = plain::cut(cell(comment), COMMENT);
        read.rules.push(NewRule { host, ruling, public_comment, private_comment: String::new() });
    }
    read
}

/// The cells of each line; what stands in quotation marks may hold commas and breaks.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell).trim().to_owned()),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    row.push(cell.trim().to_owned());
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use domain::{id::ActorId, time::Timestamp};

    use super::*;

    fn rule(host: &str, ruling: Ruling, comment: &str) -> Rule {
        let (since, by) = (Timestamp(0), ActorId(1));
        let host = Host::parse(host).unwrap();
        Rule { host, ruling, public_comment: comment.into(), private_comment: "secret".into(), since, by }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let rules = [
            rule("spam.test", Ruling::Suspend, "Spam, \"ads\"\nand more"),
            rule("loud.test", Ruling::Silence, ""),
            rule("good.test", Ruling::Allow, ""),
        ];
        let text = write(&rules);
        assert!(text.starts_with("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"));
        assert!(text.contains("loud.test,silence,false,false,,false\n") && !text.contains("secret"), "{text}");
        let read_ = read(&text, Ruling::Suspend);
        let told = |read: &Read| -> Vec<(String, Ruling, String)> {
            read.rules.iter().map(|rule| (rule.host.to_string(), rule.ruling, rule.public_comment.clone())).collect()
        };
        assert_eq!(
            told(&read_),
            [
                ("spam.test".to_owned(), Ruling::Suspend, "Spam, \"ads\"\nand more".to_owned()),
                ("loud.test".to_owned(), Ruling::Silence, String::new()),
            ]
        );
        let allowed = read(&write_allowed(&rules), Ruling::Allow);
        assert_eq!(told(&allowed), [("good.test".to_owned(), Ruling::Allow, String::new())]);
    }

    #[test]
    fn lists_of_others_are_understood_as_far_as_they_go() {
        let text = "\u{feff}domain,severity\r\n*.Spam.test,suspend\r\nbad host!,suspend\r\nodd.test,noop\r\n\r\nspam.test,limit";
        let found = read(text, Ruling::Suspend);
        assert_eq!(found.rules.len(), 1);
        assert_eq!((found.rules[0].host.as_str(), found.rules[0].ruling), ("spam.test", Ruling::Silence));
        assert_eq!(found.strange, ["bad host!,suspend", "odd.test,noop"]);
        let plain = read("one.test\ntwo.test\n", Ruling::Suspend);
        assert_eq!(plain.rules.len(), 2, "a mere list of names");
        assert!(read("", Ruling::Suspend).rules.is_empty());
        let open = read("\"open.test", Ruling::Suspend);
        assert_eq!(open.rules[0].host.as_str(), "open.test", "what is open at the end is closed there");
    }
}
