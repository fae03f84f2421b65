//! What the sanitiser keeps, drops and survives.
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

mod grammar;

#[test]
fn keeps_what_peers_write() {
    for html in [
        r#"<p><span class="h-card" translate="no"><a href="https://lemmy.example/c/rocks" class="u-url mention" rel="nofollow noopener noreferrer ugc">@<span>rocks</span></a></span> it has 3 rocks</p>"#,
        r#"<a href="https://a.example/tags/Gda%C5%84sk" class="mention hashtag" rel="tag nofollow noopener noreferrer ugc">#<span>Gdańsk</span></a>"#,
        r#"<p><a href="https://a.example/x?a=1&amp;b=2" rel="nofollow noopener noreferrer ugc"><span class="invisible">https://</span><span class="ellipsis">a.example/x</span></a></p>"#,
        "<h2>Título</h2><ul><li>uno<ol start=\"3\"><li>dos</li></ol></li></ul><pre><code>a &lt; b\n</code></pre><hr>",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><p>b</p></td></tr></tbody></table>",
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>",
        "<details><summary>El final</summary><p>Muere.</p></details>",
    ] {
        assert_eq!(sanitize(html), html);
    }
}

#[test]
fn drops_what_nobody_may_send() {
    for (html, clean) in [
        ("a<script>alert(1)</script>b<style>*{}</style><svg onload=x><p>y</p></svg><math>z</math>c", "abc"),
        ("<p onclick=x style=y id=z>hi</p><img src=x onerror=y><iframe src=z>w</iframe>", "<p>hi</p>"),
        ("<a href=\"javascript:alert(1)\">x</a><a href='jav&#x09;ascript:x'>y</a><a href=/rel>z</a>", "xyz"),
        (
            "<a href=\"data:text/html,x\">x</a><a href=\" HTTPS://a.example/\t\">y</a>",
            "x<a href=\"HTTPS://a.example/\" rel=\"nofollow noopener noreferrer ugc\">y</a>",
        ),
        (
            "<a href=https://a.example rel=me class=\"u-url admin\">x</a>",
            "<a href=\"https://a.example\" class=\"u-url\" rel=\"nofollow noopener noreferrer ugc\">x</a>",
        ),
        ("<noscript><p title=\"</noscript><img src=x onerror=y>\">", "\"&gt;"),
        ("<form><input><button>go</button></form>", "go"),
        ("x<!-- <p> -->y\0z&#13;\u{1b}", "xyz"),
        ("<pre>\n\n&#10;x</pre>", "<pre>x</pre>"),
    ] {
        assert_eq!(sanitize(html), clean, "{html}");
    }
}

#[test]
fn mends_what_is_badly_nested() {
    for (html, clean) in [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<div>a</div><div>b</div><div><p>c</p></div>", "a<br>b<p>c</p>"),
        ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table>x<td>y<tr>z</table>w",
            "<table><tbody><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></tbody></table>w",
        ),
        ("</p></b></table><li>x", "x"),
    ] {
        assert_eq!(sanitize(html), clean, "{html}");
    }
}

#[test]
fn link_text_cannot_name_another_host() {
    let link = |text: &str| to_text(&sanitize(&format!("<a href='https://evil.example/x'>{text}</a>")));
    for text in [
        "https://bank.example",
        "www.bank.example/login",
        "bank.com",
        "<b>ba</b>nk.com",
        "x<br>bank.com",
        "https://evil.example@bank.com",
    ] {
        assert!(link(text).ends_with(" [evil.example]"), "{text}: {}", link(text));
    }
    assert!(link("<span class=invisible>https://evil.example/?</span>bank.com").ends_with("[evil.example]"));
    for text in
        ["evil.example/x", "https://www.evil.example/", "README.md", "@bank@bank.com", "read this", "https://", "1/2"]
    {
        assert!(!link(text).ends_with(']'), "{text}");
    }
}

#[test]
fn reads_as_text() {
    for (html, text) in [
        ("<p>uno<br>dos</p>\n<p>tres &amp;  cuatro</p>", "uno\ndos\n\ntres & cuatro"),
        ("<h1>T</h1><ul><li>a</li><li>b<br>c</li></ul>x", "T\n\n- a\n- b\nc\n\nx"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a | b\nc"),
        ("<pre>  x\n\n  y</pre>", "  x\n\n  y"),
        ("caf&eacute; &hellip; &#x1F600;", "café … 😀"),
        ("@<span>rocks</span> <script>x</script>hi", "@rocks hi"),
        ("<br><br>a", "a"),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
    assert_eq!(excerpt("<p>uno dos</p><p>tres cuatro</p>", 13), "uno dos tres…");
}

#[test]
fn microblogs_get_their_subset() {
    let html = "<h2>T <em>x</em></h2><hr><table><thead><tr><th>a</th><th><b>b</b></th></tr></thead><tbody><tr><td><p>c</p><p>d</p></td></tr></tbody></table><ul><li>z</li></ul>";
    let blog = to_microblog(html);
    assert_eq!(blog, "<p><strong>T <em>x</em></strong></p><p>a | <b>b</b><br>c d</p><ul><li>z</li></ul>");
    assert_eq!(sanitize(&blog), blog);
}

#[test]
fn hostile_input_is_cheap() {
    let size = 1_000_000;
    let formatting = numbered(3_000, |n| format!("<ol start={n}><b>"));
    let attributes = numbered(200_000, |n| format!(" a{n}"));
    for (name, html) in [
        ("deep", "<blockquote>".repeat(size / 12)),
        ("formatting", formatting + &"<p>x".repeat(50_000)),
        ("spans", "<span>".repeat(50_000) + &"<p>".repeat(100_000)),
        ("misnested", "<span><p></span></p>".repeat(50_000)),
        ("tables", "<table><a href=//x>".repeat(50_000)),
        ("attributes", format!("<p{attributes}>x")),
        ("comments", "<!--".repeat(size / 4)),
        ("scripts", "<script></".repeat(size / 10)),
        ("signs", "<".repeat(size)),
        ("references", "&".repeat(size)),
        ("links", "<a href=https://a.example>www.b.example/".repeat(20_000)),
        ("lists", "<ul><li>".repeat(100_000)),
    ] {
        let begun = Instant::now();
        let clean = sanitize(&html);
        // 100 ms on an idle machine; what is quadratic takes minutes.
        let limit = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 250 });
        assert!(begun.elapsed() < limit, "{name}: {:?}", begun.elapsed());
        assert!(clean.len() <= html.len() * 10 + 1024, "{name}: {}", clean.len());
    }
}

fn numbered(count: usize, made: impl Fn(usize) -> String) -> String {
    (0..count).map(made).collect::<Vec<_>>().concat()
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "</?(p|br|span|a|b|i|code|pre|ul|ol|li|table|tr|td|th|thead|tbody|blockquote|h1|ruby|rt|hr|div|svg|script|math|select|form)>",
        Just("<a href=\"https://a.example/&amp;x\">".to_owned()),
        Just("<a class='mention x' href='https://b.example' rel='tag'>".to_owned()),
        Just("<span class=invisible>".to_owned()),
        "[<>&\"'= /\n\r\u{0}\u{a0}ñx;#-]{1,6}",
        Just("&#10;".to_owned()),
        Just("&lt;b&gt;".to_owned()),
        Just("www.c.example/".to_owned()),
        Just("&eacute;".to_owned()),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn once_is_enough(html in soup()) {
        let once = sanitize(&html);
        prop_assert_eq!(sanitize(&once), once.clone());
        prop_assert!(once.len() <= html.len() * 10 + 1024);
        prop_assert!(!once.contains("<script") && !once.contains("<svg"));
        let blog = to_microblog(&html);
        prop_assert_eq!(sanitize(&blog), blog);
        let text = to_text(&html);
        prop_assert_eq!(text, to_text(&once));
    }

    #[test]
    fn escaped_text_reads_back(text in "[a-z<>&\"'ñ;#]*") {
        prop_assert_eq!(to_text(&escape(&text)), text.clone());
        prop_assert_eq!(to_text(&sanitize(&escape(&text))), text);
    }

    #[test]
    fn anything_goes_in(html in "\\PC*") {
        let once = sanitize(&html);
        prop_assert_eq!(sanitize(&once), once);
    }
}

#[test]
fn a_page_says_whose_it_is() {
    let mine = ["https://plaza.test/@ana", "https://plaza.test/users/1"];
    for page in [
        "<html><head><link rel=me href='https://plaza.test/@ana'></head>",
        "<p>Hola</p><A HREF=\"https://plaza.test/@ana/\" REL=\"nofollow ME\">yo</A>",
        "<a href=\"https://plaza.test/users&#x2F;1\" rel=\"me\">yo</a>",
    ] {
        assert!(belongs_to(page, &mine), "{page}");
    }
    for page in [
        "<a href=\"https://plaza.test/@ana\">ella</a>",
        "<a href=\"https://plaza.test/@anabel\" rel=\"me\">yo</a>",
        "<!-- <a href=\"https://plaza.test/@ana\" rel=\"me\">yo</a> -->",
        "<script>'<a href=\"https://plaza.test/@ana\" rel=\"me\">'</script>",
        "<a rel=\"me\" href=\"https://plaza.test/@ana",
        "",
    ] {
        assert!(!belongs_to(page, &mine), "{page}");
    }
    let line = "<a href=\"https://ana.test/?a=1&amp;b=2\" rel=\"me nofollow noopener\">x</a>";
    assert_eq!(own_page(line).as_deref(), Some("https://ana.test/?a=1&b=2"));
    for line in ["<a href=\"https://ana.test/\">x</a>", "<a href=\"javascript:x\" rel=\"me\">x</a>", "Madrid"] {
        assert_eq!(own_page(line), None, "{line}");
    }
}
