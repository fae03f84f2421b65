//! Whatever goes in, what comes out is written in a small grammar that this file reads by itself.
use proptest::prelude::*;

use super::super::*;
use super::soup;
use crate::text::title;

/// Why a page is not safe: it is read here strictly, with nothing of what wrote it.
fn fault(html: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut parts = html.split('<');
    let text = |text: &str| text.contains('>').then(|| format!("a stray sign in {text:?}"));
    if let Some(fault) = parts.next().and_then(text) {
        return Some(fault);
    }
    for part in parts {
        // Attributes are written without the sign, so that the first one ends the tag.
        let Some((tag, after)) = part.split_once('>') else { return Some(format!("an open end: {part:?}")) };
        if let Some(fault) = text(after) {
            return Some(fault);
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if let Some(name) = name.strip_prefix('/') {
            if open.pop() != Some(name) || !attributes.is_empty() {
                return Some(format!("`{tag}` closes nothing"));
            }
            continue;
        }
        if !TAGS.split_ascii_whitespace().any(|known| known == name) {
            return Some(format!("the element {tag:?}"));
        }
        if let Some(fault) = fault_of(name, attributes) {
            return Some(format!("the attribute {fault:?} of {tag:?}"));
        }
        if !matches!(name, "br" | "hr") {
            open.push(name);
        }
    }
    (!open.is_empty()).then(|| format!("{open:?} left open"))
}

/// The attribute that may not be there, or not with this value.
fn fault_of<'a>(element: &str, attributes: &'a str) -> Option<&'a str> {
    let mut rest = attributes;
    while !rest.is_empty() {
        let read = |rest: &'a str| {
            let (name, value) = rest.split_once("=\"")?;
            let (value, rest) = value.split_once('"')?;
            Some((name, value, rest))
        };
        let Some((name, value, after)) = read(rest) else { return Some(rest) };
        let begins = |scheme: &str| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let fits = match (element, name) {
            ("a", "href") => ["https://", "http://", "mailto:"].into_iter().any(begins),
            ("a", "rel") => value == link::REL || value == link::REL_TAG,
            ("a" | "span" | "p", "class") => value.split(' ').all(|class| shape::CLASSES.contains(&class)),
            ("span", "translate") => value == "no",
            ("ol", "start") => value.parse::<i32>().is_ok(),
            _ => false,
        };
        if !fits || value.contains(char::is_control) {
            return Some(rest);
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    None
}

#[test]
fn the_grammar_knows_what_is_unsafe() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">y</p>",
        "<p style=\"x\">y</p>",
        "<a href=\"javascript:x\">y</a>",
        "<a href=\"data:text/html,x\">y</a>",
        "<b><i>x</b></i>",
        "<p>x",
        "x</p>",
        "<a href=https://a.example>x</a>",
        "a > b",
        "<img src=\"https://a.example/\">",
    ] {
        assert!(fault(html).is_some(), "{html}");
    }
}

/// What somebody writes who wants in: every way to hide a tag, an attribute or a scheme.
fn hostile() -> impl Strategy<Value = String> {
    let elements = "</?(a|p|span|img|svg|math|style|script|iframe|template|noscript|textarea|title|xmp|plaintext|select|option|frameset|base|meta|mglyph|mtext|annotation-xml|foreignObject|desc|table|td|caption|col|ol|pre|rt)";
    let attributes = "[ /\n\t]?(href|HREF|src|style|onload|onerror|class|rel|start|translate|xlink:href|id|srcdoc)[ \n]?=?[ \n]?[\"'`]?";
    let values = "(java|JaVa&#x09;|java&Tab;|java\n)?(script:|data:|vbscript:|https://|HTTP:/|//|mailto:)(&colon;|&NewLine;|&lpar;|a\\.example|%00|x@y|\\\\)?";
    let signs = "[<>\"'&=/!?;` \n\t\r\u{0}\u{b}\u{c}\u{1b}\u{85}\u{a0}\u{2028}\u{feff}\u{fffd}-]{1,4}";
    let rest = "(<!--|-->|--!>|<!\\[CDATA\\[|\\]\\]>|<\\?|&lt|&#60|&#x3c;|&lt;img|&notit;|&amp;lt;|&#0;|&#128;|&#xD800;|&#1114112;|ñ|é|😀|\u{301}|</)";
    let piece = prop_oneof![3 => elements, 2 => attributes, 2 => values, 2 => signs, 2 => rest, 1 => "\\PC"];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_cut_falls_between_letters() {
    for at in LONGEST - 5..LONGEST {
        let clean = sanitize(&format!("<p>{}{}", "x".repeat(at), "漢😀".repeat(8)));
        assert_eq!(fault(&clean), None, "{at}");
        assert!(clean.len() < LONGEST + 8 && !clean.contains('\u{fffd}'), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn what_comes_out_is_safe(html in prop_oneof![3 => hostile(), 1 => soup()]) {
        let once = sanitize(&html);
        prop_assert_eq!(fault(&once), None, "{}", once);
        prop_assert_eq!(sanitize(&once), once.clone());
        let blog = to_microblog(&html);
        prop_assert_eq!(fault(&blog), None, "{}", blog);
        prop_assert_eq!(sanitize(&blog), blog);
    }

    #[test]
    fn plain_readings_are_plain_and_short(html in prop_oneof![hostile(), soup()], max in 0_usize..20) {
        let text = to_text(&html);
        prop_assert!(!text.contains(is_unwanted), "{:?}", text);
        prop_assert!(excerpt(&html, max).chars().count() <= max);
        if let Some(title) = title::from_post(&html, &["a", "@p@a.example"]) {
            prop_assert!(title.chars().count() <= title::MAX && !title.trim().is_empty() && !title.contains('\n'));
        }
    }
}
