//! Custom emoji, by whose texts name them.
use domain::{
    emoji::Emoji,
    id::{EmojiId, PeerId},
    rule::Regard,
    time::Timestamp,
};

use super::{TestDb, on_both};
use crate::{Error, emoji, peers};

fn one(id: i64, peer: Option<i64>, shortcode: &str) -> Emoji {
    Emoji {
        id: EmojiId(id),
        peer: peer.map(PeerId),
        shortcode: shortcode.into(),
        url: format!("https://a.test/{id}.png"),
        still: None,
        category: None,
        enabled: true,
        updated: Timestamp(1),
    }
}

async fn a_name_is_the_emoji_of_whose_text_it_is(t: TestDb) {
    t.db.write(|tx| {
        for (id, host) in [(5, "a.test"), (6, "b.test")] {
            peers::ensure(tx, PeerId(id), host, Regard::Welcome)?;
        }
        emoji::insert(tx, &one(1, None, "x"))?;
        emoji::insert(tx, &Emoji { enabled: false, ..one(2, None, "hidden") })?;
        emoji::insert(tx, &one(3, Some(5), "x"))?;
        emoji::insert(tx, &one(4, Some(6), "x"))?;
        let (ours, a, b) = (None, Some(PeerId(5)), Some(PeerId(6)));
        let texts = [(ours, "Hola :x: :hidden: :none:"), (a, "<p>:x:</p> :X:"), (b, ":x:")];
        let palette = emoji::palette(tx, texts)?;
        let found = |peer| palette.of(peer, [":x: :hidden: :x:", ":X:"]).iter().map(|one| one.id.0).collect::<Vec<_>>();
        assert_eq!((found(ours), found(a), found(b)), (vec![1], vec![3], vec![4]));
        // Only what the texts named was looked for.
        let palette = emoji::palette(tx, [(a, ":x:")])?;
        assert!(palette.of(b, [":x:"]).is_empty());
        peers::set_regard(tx, PeerId(5), Regard::Suspended)?;
        let palette = emoji::palette(tx, texts)?;
        assert!(palette.of(a, [":x:"]).is_empty(), "of whom we do not deal with, none");
        assert_eq!(palette.of(b, [":x:"]).len(), 1);
        assert_eq!((emoji::count(tx, PeerId(5))?, emoji::ours(tx)?.len()), (1, 2));
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

on_both! { a_name_is_the_emoji_of_whose_text_it_is }
