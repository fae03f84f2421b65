//! Small habits: nothing left half-way, nothing silenced without a reason, no test that waits for the clock.

use super::source::{Source, closing};
use super::{Finding, hold};

#[test]
fn nothing_is_left_half_way() {
    const MARKS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
    const CALLS: [&str; 3] = ["dbg!", "todo!", "unimplemented!"];
    let rule = |source: &Source| -> Vec<Finding> {
        let marked =
            |text: &str| text.split(|letter: char| !letter.is_alphanumeric()).any(|word| MARKS.contains(&word));
        let comments = source.comments.iter().filter(|comment| marked(&comment.text));
        let mut found: Vec<Finding> = comments.map(|comment| (comment.line, comment.text.clone())).collect();
        for call in CALLS {
            found.extend(source.words(call).into_iter().map(|(_, line)| (line, call.to_owned())));
        }
        found
    };
    let offenders = [("a.rs", "// TODO: later"), ("b.rs", "fn f() { dbg!(1); }"), ("c.rs", "/* FIXME */")];
    hold(rule, &offenders, "finish it, or open an issue and take the mark out");
}

#[test]
fn nothing_is_silenced_without_a_reason() {
    let rule = |source: &Source| -> Vec<Finding> {
        let mut found = Vec::new();
        for attribute in ["allow", "expect", "ignore"] {
            for (at, line) in source.words(attribute) {
                let before = source.code.get(..at).unwrap_or_default().trim_end();
                let opens = before.ends_with("#[") || before.ends_with("#![");
                let end = before.len().checked_sub(1).and_then(|open| closing(&source.code, open));
                let whole = end.and_then(|end| source.text.get(at..end)).unwrap_or_default();
                let reasoned = whole.contains("reason = \"") || whole.starts_with("ignore = \"");
                if opens && !reasoned {
                    found.push((line, format!("#[{whole}]")));
                }
            }
        }
        found
    };
    let offenders = [
        ("a.rs", "#[allow(dead_code)]"),
        ("b.rs", "#![expect(\n    clippy::panic\n)]\nconst REASON: &str = \"reason = \";"),
        ("c.rs", "#[test]\n#[ignore]\nfn f() {}"),
    ];
    hold(rule, &offenders, "say why: `#[expect(lint, reason = \"…\")]`, or mend what the lint complains of");
}

#[test]
fn nothing_is_unsafe() {
    let rule = |source: &Source| -> Vec<Finding> {
        source.words("unsafe").into_iter().map(|(_, line)| (line, "unsafe code".to_owned())).collect()
    };
    hold(rule, &[("a.rs", "fn f() { unsafe { g() } }")], "find a crate that does this safely");
}

#[test]
fn no_test_sleeps() {
    let rule = |source: &Source| -> Vec<Finding> {
        let calls = ["sleep", "sleep_until", "sleep_ms"].into_iter().flat_map(|call| source.words(call));
        calls.filter(|(_, line)| source.is_test(*line)).map(|(_, line)| (line, "a sleep".to_owned())).collect()
    };
    let offenders = [
        ("tests/main.rs", "fn f() { std::thread::sleep(pause); }"),
        ("crates/app/src/a.rs", "#[cfg(test)]\nmod tests {\n    fn f() { tokio::time::sleep(pause).await }\n}"),
    ];
    hold(rule, &offenders, "wait for what happens (`net.settle()`, a channel, a notification), not for time to pass");
}
