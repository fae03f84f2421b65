//! The same browser without a mouse: what is reached by Tab is seen, lies in view, and can be left.

use serde_json::{Value, json};

use super::Browser;

/// More than any page has to be reached.
const MOST: usize = 150;

/// A key by its name, its number, and the letter that it types.
type Key = (&'static str, u32, &'static str);
const TAB: Key = ("Tab", 9, "");
pub(crate) const ENTER: Key = ("Enter", 13, "\r");
pub(crate) const SPACE: Key = (" ", 32, " ");

/// What has the focus: whether it is what was looked for, whether it had it before, and what is wrong with it. Nothing, while
/// the focus is with the browser itself.
const LOOK: &str = "const [wanted, done] = arguments;
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const it = document.activeElement;
        const stays = window.seen === it;
        window.seen = it;
        if (!it || it === document.body) return done(null);
        const style = getComputedStyle(it);
        const box = it.getClientRects()[0] ?? it.getBoundingClientRect();
        const own = [it, ...(it.labels ?? [])];
        // Of what is high, a part is enough.
        const shows = part => {
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part);
            return own.some(one => one.contains(top));
        };
        const flaws = [];
        if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) flaws.push('has no sign of focus');
        if (![0.1, 0.5, 0.9].some(shows)) flaws.push('is out of view');
        done({ is: it.matches(wanted), stays, flaws, html: it.outerHTML.slice(0, 160) });
    }));";

impl Browser {
    /// Presses a key.
    pub(crate) async fn key(&self, (key, number, text): Key) {
        let mut event = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" }, "key": key,
            "code": if key == " " { "Space" } else { key }, "windowsVirtualKeyCode": number, "text": text,
        });
        self.tell("Input.dispatchKeyEvent", event.clone()).await;
        (event["type"], event["text"]) = (json!("keyUp"), json!(""));
        self.tell("Input.dispatchKeyEvent", event).await;
    }

    /// Types into what has the focus.
    pub(crate) async fn type_in(&self, text: &str) {
        self.tell("Input.insertText", json!({ "text": text })).await;
    }

    /// Goes by Tab to what `css` names. Everything on the way shows that it has the focus, where it can be seen, and lets it go.
    pub(crate) async fn tab_to(&self, css: &str) {
        let mut way = Vec::new();
        for _ in 0..MOST {
            self.key(TAB).await;
            let focus = self.focus(css).await;
            if focus.is_null() {
                continue;
            }
            assert_eq!(focus["flaws"], json!([]), "{}: {}", self.path().await, focus["html"]);
            assert_eq!(focus["stays"], false, "the keyboard is caught on {}: {}", self.path().await, focus["html"]);
            if focus["is"] == true {
                return;
            }
            way.push(focus["html"].clone());
        }
        panic!("no key leads to {css} on {}: {way:#?}", self.path().await);
    }

    async fn focus(&self, css: &str) -> Value {
        self.page.execute_async(LOOK, vec![json!(css)]).await.expect("what has the focus")
    }

    /// Goes by Tab to what `css` names, presses it by a key, and waits for the page it leads to.
    pub(crate) async fn press_by(&self, key: Key, css: &str) {
        self.tab_to(css).await;
        self.arrive_by(css, self.key(key)).await;
    }
}
