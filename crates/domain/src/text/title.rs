//! A title for a post that came without one.
use super::{html, plain};

/// The longest title, in characters.
pub const MAX: usize = 200;

/// The title of a post that came without one. What is warned of is not said in a title: there stands the warning. `names` are
/// spellings of its group; see [`from_post`].
pub fn derived(html: &str, warning: Option<&str>, names: &[&str]) -> Option<String> {
    let warning = warning.map(|warning| plain::line(warning, MAX)).filter(|warning| !warning.is_empty());
    warning.or_else(|| from_post(html, names))
}

/// The first line that says something besides naming the group; `names` are spellings of the group (`rocks`,
/// `rocks@lemmy.test`), with or without a sign.
pub fn from_post(html: &str, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| bare(name)).collect();
    html::to_text(html).lines().find_map(|line| {
        let line = line.trim().trim_start_matches("- ");
        let words: Vec<&str> = line.split_whitespace().collect();
        let leading = words.iter().take_while(|word| is_address(word)).count();
        let trailing = words.iter().rev().take_while(|word| is_address(word)).count();
        let kept = words.iter().enumerate().filter(|(at, word)| {
            let outside = *at < leading || *at >= words.len() - trailing;
            !(outside && names.contains(&bare(word)))
        });
        let kept: Vec<&str> = kept.map(|(_, word)| *word).collect();
        let title = plain::line(&kept.join(" "), MAX);
        // What a mention leaves behind: `@group: title`, `@group - title`.
        let title = if kept.len() < words.len() {
            title.trim_start_matches([':', ',', '-', '–', '—', ' '])
        } else {
            &title
        };
        title.chars().any(char::is_alphanumeric).then(|| title.to_owned()).or_else(|| emoji_only(title))
    })
}

/// A line of pictures is a title too; one of punctuation is not.
fn emoji_only(line: &str) -> Option<String> {
    line.chars().any(|c| !c.is_ascii() && !c.is_whitespace() && !plain::is_invisible(c)).then(|| line.to_owned())
}

fn is_address(word: &str) -> bool {
    word.len() > 1 && word.starts_with(['@', '!', '#'])
}

/// A mention without signs and punctuation, lower case.
fn bare(word: &str) -> String {
    word.trim_start_matches(['@', '!']).trim_end_matches([':', ',', '.', ';', '!', '?']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_warned_of_is_not_said_in_the_title() {
        let html = "<p>It was the gardener.</p>";
        assert_eq!(derived(html, Some("The end of a film"), &[]).as_deref(), Some("The end of a film"));
        for nothing in [None, Some(""), Some(" ")] {
            assert_eq!(derived(html, nothing, &[]).as_deref(), Some("It was the gardener."));
        }
    }

    #[test]
    fn the_first_line_without_the_group() {
        let link = |name: &str| {
            format!(
                "<span class=\"h-card\"><a class=\"u-url mention\" href=\"https://lemmy.test/c/rocks\">@<span>{name}</span></a></span>"
            )
        };
        let rocks = link("rocks");
        for (html, title) in [
            (format!("<p>{rocks} Variable never resetting</p><p>Hi!</p>"), Some("Variable never resetting")),
            (format!("<p>My rock collection<br><br>{rocks} it has 3 rocks</p>"), Some("My rock collection")),
            (format!("<p>{rocks}</p><p>Mitra   thread {rocks}</p>"), Some("Mitra thread")),
            (format!("<p>{}: {rocks} Granite</p>", link("ana")), Some("@ana: Granite")),
            ("<p>@Rocks@Lemmy.test: hola a @rocks y a todos @rocks #x</p>".to_owned(), Some("hola a @rocks y a todos #x")),
            ("<p><a href=\"https://lemmy.test/c/rocks\" class=\"mention\">@rocks@lemmy.test</a><span> Hola<br>x</span></p>".to_owned(), Some("Hola")),
            ("<ul><li>uno</li></ul>".to_owned(), Some("uno")),
            ("<p>👌</p>".to_owned(), Some("👌")),
            (format!("<p>{rocks}</p><p>…?</p>").replace('…', ""), None),
            (String::new(), None),
        ] {
            assert_eq!(from_post(&html, &["rocks", "@rocks@lemmy.test"]).as_deref(), title, "{html}");
        }
    }

    #[test]
    fn long_lines_are_cut_at_a_word() {
        let title = from_post(&format!("<p>{}</p>", "palabra ".repeat(60)), &[]).unwrap();
        assert!(title.chars().count() <= MAX && title.ends_with("palabra…"), "{title}");
    }
}
