//! Markdown as members write it, made into HTML that every server understands.
use std::fmt::Write;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::scan::{self, Piece};
use super::{hashtag, html, mention};
use crate::handle::Handle;

/// The longest Markdown that is read, in bytes; the rest is cut.
const LONGEST: usize = 128 * 1024;

/// Where a mention leads and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// The page of the person or group.
    pub href: String,
    /// The text after the `@`: usually the name alone.
    pub display: String,
}

/// Sanitised HTML of Markdown. `mention` says where a handle leads, `hashtag` where a folded tag does; what they do not
/// know stays text. Line breaks are kept, HTML in it is shown as written.
pub fn render(
    md: &str,
    mut mention: impl FnMut(&Handle) -> Option<Mentioned>,
    mut hashtag: impl FnMut(&str) -> Option<String>,
) -> String {
    let md = head(md);
    let (mut mentions, mut hashtags) = (0, 0);
    let mut events = Vec::new();
    walk(md, |event| match event {
        Walked::Event(event) => events.push(event),
        Walked::Piece(piece) => events.push(match piece {
            Piece::Mention(handle, source) => {
                let known = if mentions < mention::MAX { mention(&handle) } else { None };
                mentions += usize::from(known.is_some());
                known.map_or_else(|| text(source), |known| markup(mention_link(&known)))
            }
            Piece::Hashtag(tag) => {
                let href = if hashtags < hashtag::MAX { hashtag(&hashtag::fold(tag)) } else { None };
                hashtags += usize::from(href.is_some());
                href.map_or_else(|| text(&format!("#{tag}")), |href| markup(hashtag_link(&href, tag)))
            }
            Piece::Address(url) => markup(plain_link(url)),
            Piece::Text(source) => text(source),
        }),
    });
    let mut out = String::with_capacity(md.len() * 2);
    pulldown_cmark::html::push_html(&mut out, events.into_iter());
    // Tables can multiply their text; nobody means that.
    if out.len() > md.len() * 10 + 64 * 1024 {
        return html::sanitize(&html::escape(md).replace('\n', "<br>"));
    }
    html::sanitize(out.trim_end())
}

/// Plain text as Markdown that says just that, within a line.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '&' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Calls back for every mention, hashtag and address outside code and links.
pub(super) fn each_piece(md: &str, mut found: impl FnMut(Piece<'_>)) {
    walk(head(md), |event| {
        if let Walked::Piece(piece) = event {
            found(piece);
        }
    });
}

enum Walked<'a, 'p> {
    Event(Event<'a>),
    Piece(Piece<'p>),
}

/// Walks the events of Markdown with text outside code and links taken to pieces.
fn walk<'a>(md: &'a str, mut visit: impl FnMut(Walked<'a, '_>)) {
    let parser = Parser::new_ext(md, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES);
    // Depths of links, code blocks and images that stand inside a link.
    let (mut links, mut code, mut bare_images) = (0_usize, 0_usize, 0_usize);
    let mut empty_image: Option<CowStr<'a>> = None;
    for event in TextMergeStream::new(parser.map(as_text)) {
        let caption = empty_image.take();
        let event = match event {
            Event::Text(text) if links == 0 && code == 0 => {
                for piece in scan::pieces(&text) {
                    visit(Walked::Piece(piece));
                }
                continue;
            }
            Event::SoftBreak => Event::HardBreak,
            // Pictures are attachments; in the text a picture is a link to it, or its description inside another link.
            Event::Start(Tag::Image { .. }) if links > 0 => {
                bare_images += 1;
                continue;
            }
            Event::End(TagEnd::Image) if bare_images > 0 => {
                bare_images -= 1;
                continue;
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                links += 1;
                empty_image = Some(dest_url.clone());
                let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
                Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id })
            }
            Event::End(TagEnd::Image) => {
                if let Some(url) = caption {
                    visit(Walked::Event(Event::Text(url)));
                }
                links = links.saturating_sub(1);
                Event::End(TagEnd::Link)
            }
            Event::Start(Tag::Link { .. }) => {
                links += 1;
                event
            }
            Event::End(TagEnd::Link) => {
                links = links.saturating_sub(1);
                event
            }
            Event::Start(Tag::CodeBlock(_)) => {
                code += 1;
                event
            }
            Event::End(TagEnd::CodeBlock) => {
                code = code.saturating_sub(1);
                event
            }
            other => other,
        };
        visit(Walked::Event(event));
    }
}

/// HTML in Markdown is text that shows as it was written.
fn as_text(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        other => other,
    }
}

fn head(md: &str) -> &str {
    md.get(..md.floor_char_boundary(LONGEST)).unwrap_or(md)
}

fn text(source: &str) -> Event<'static> {
    Event::Text(source.to_owned().into())
}

fn markup(html: String) -> Event<'static> {
    Event::InlineHtml(html.into())
}

/// The link by which every server recognises a mention.
pub fn mention_link(known: &Mentioned) -> String {
    let (href, display) = (html::escape(&known.href), html::escape(&known.display));
    format!(r#"<span class="h-card"><a href="{href}" class="u-url mention">@<span>{display}</span></a></span>"#)
}

fn hashtag_link(href: &str, tag: &str) -> String {
    let (href, tag) = (html::escape(href), html::escape(tag));
    format!(r#"<a href="{href}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>"#)
}

fn plain_link(url: &str) -> String {
    let url = html::escape(url);
    let mut out = String::with_capacity(url.len() * 2 + 16);
    _ = write!(out, r#"<a href="{url}">{url}</a>"#);
    out
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_escaped_is_shown_as_it_was() {
        let text = "El *huerto* de [todos](x) _y_ `más` <b> & !a\\b ~~no~~";
        assert_eq!(shown(&escape(text)), format!("<p>{}</p>", html::escape(text)));
    }

    fn shown(md: &str) -> String {
        let mention = |handle: &Handle| {
            (handle.name != "nobody")
                .then(|| Mentioned { href: format!("https://a.test/{handle}"), display: handle.name.clone() })
        };
        render(md, mention, |tag| Some(format!("https://a.test/tags/{tag}")))
            .replace(" rel=\"nofollow noopener noreferrer ugc\"", "")
    }

    #[test]
    fn writes_what_members_mean() {
        for (md, html) in [
            ("# T\n\nuno\ndos **tres** ~~x~~", "<h1>T</h1>\n<p>uno<br>\ndos <strong>tres</strong> <del>x</del></p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("1 < 2 <b>x</b> &amp; \"y\"", "<p>1 &lt; 2 &lt;b&gt;x&lt;/b&gt; &amp; \"y\"</p>"),
            ("<script>\nx\n</script>", "<p>&lt;script&gt;\nx\n&lt;/script&gt;</p>"),
            ("```rust\n@a <b>\n```", "<pre><code>@a &lt;b&gt;\n</code></pre>"),
            (
                "![](https://a.test/i.png) ![gato](https://a.test/g.png)",
                "<p><a href=\"https://a.test/i.png\">https://a.test/i.png</a> <a href=\"https://a.test/g.png\">gato</a></p>",
            ),
            ("[![gato](https://a.test/g.png)](https://a.test/)", "<p><a href=\"https://a.test/\">gato</a></p>"),
            ("[x](javascript:alert(1))", "<p>x</p>"),
            (
                "mira https://a.test/x_y?a=1&b=2.",
                "<p>mira <a href=\"https://a.test/x_y?a=1&amp;b=2\">https://a.test/x_y?a=1&amp;b=2</a>.</p>",
            ),
        ] {
            assert_eq!(shown(md), html, "{md}");
        }
    }

    #[test]
    fn mentions_and_hashtags_carry_the_usual_marks() {
        assert_eq!(
            shown("@ana_b_c@beta.test @nobody #Café"),
            "<p><span class=\"h-card\"><a href=\"https://a.test/@ana_b_c@beta.test\" class=\"u-url mention\">@<span>ana_b_c</span></a></span> \
             @nobody <a href=\"https://a.test/tags/cafe\" class=\"mention hashtag\" rel=\"tag nofollow noopener noreferrer ugc\">#<span>Café</span></a></p>"
        );
        let hostile = Mentioned { href: "https://a.test/\"><script>".into(), display: "<img>".into() };
        let html = render("@ana", |_| Some(hostile.clone()), |_| None);
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn hostile_input_is_cheap() {
        for (name, md) in [
            ("quotes", ">".repeat(128_000)),
            ("lists", "- ".repeat(64_000)),
            ("nested lists", (0..400).map(|n| " ".repeat(n) + "- x\n").collect()),
            ("emphasis", "*a **b ".repeat(18_000)),
            ("stars", "*".repeat(128_000)),
            ("brackets", "[".repeat(128_000)),
            ("images", "![](".repeat(32_000)),
            ("links", "[a](<b".repeat(21_000)),
            ("ticks", (1..480).map(|n| "`".repeat(n) + " ").collect()),
            ("table", format!("{}\n{}\n{}", "|a".repeat(2_000), "|-".repeat(2_000), "|\n".repeat(30_000))),
            ("mentions", "@a ".repeat(42_000)),
            ("addresses", "http://".repeat(18_000)),
            ("angles", "<a ".repeat(42_000)),
            ("entities", "&".repeat(128_000)),
            ("references", (0..8_000).map(|n| n.to_string() + "]: b\n[").collect()),
        ] {
            let begun = Instant::now();
            let html = shown(&md);
            // 100 ms on an idle machine; what is quadratic takes minutes.
            let limit = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 250 });
            assert!(begun.elapsed() < limit, "{name}: {:?}", begun.elapsed());
            assert!(html.len() <= md.len() * 10 + 64 * 1024, "{name}: {}", html.len());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn always_sanitised(md in "([-*_>#@`|\\[\\]()!<&; \n\\\\ab1]|http://x.test|@a@b.test|<b>){0,60}") {
            let html = render(&md, |_| Some(Mentioned { href: "https://a.test/".into(), display: "a".into() }), |_| None);
            prop_assert_eq!(html::sanitize(&html), html);
        }

        #[test]
        fn nothing_breaks_out(md in "(\\PC|[-*_>#@`|~\\[\\]()!<&;:\"' \t\n\\\\]|<script>|javascript:|data:|onload=|&#x6a;|\u{0}|\r|!\\[|\\]\\(|@a@b\\.test|#a){0,60}", href in "\\PC{0,12}") {
            let known = |_: &Handle| Some(Mentioned { href: format!("https://a.test/{href}"), display: href.clone() });
            let html = render(&md, known, |tag| Some(format!("https://a.test/{tag}{href}")));
            prop_assert_eq!(html::sanitize(&html), html.clone());
            let lower = html.to_lowercase();
            prop_assert!(!lower.contains("<script") && !lower.contains("href=\"javascript:") && !lower.contains("href=\"data:"));
            let (mentions, tags) = (mention::find(&md), hashtag::find(&md));
            prop_assert!(mentions.len() <= mention::MAX && tags.len() <= hashtag::MAX);
        }
    }
}
