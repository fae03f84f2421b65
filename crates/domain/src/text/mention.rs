//! Who a text speaks to.
use std::collections::HashSet;

use super::markdown;
use super::scan::Piece;
use crate::handle::Handle;

/// How many mentions a post may have.
pub const MAX: usize = 50;

/// The handles mentioned in Markdown, each once, in order, outside code and links.
pub fn find(md: &str) -> Vec<Handle> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    markdown::each_piece(md, |piece| {
        if let Piece::Mention(handle, _) = piece
            && found.len() < MAX
            && seen.insert(handle.folded())
        {
            found.push(handle);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_and_not_in_code_or_links() {
        let md =
            "@ana **@Ana** `@code` [@link](https://x.test) <https://x.test/@url> \\@esc @b@Beta.test\n\n    @block\n";
        let shown: Vec<String> = find(md).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["@ana", "@esc", "@b@beta.test"]);
        let many: String = (0..80).map(|n| format!("@p{n} ")).collect::<Vec<_>>().concat();
        assert_eq!(find(&many).len(), MAX);
    }
}
