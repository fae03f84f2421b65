//! Accounts of which only the picture is shown.
use serde::Serialize;

use super::{Account, Id};

/// A `PartialAccountWithAvatar`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Partial {
    id: Id,
    acct: String,
    locked: bool,
    bot: bool,
    url: String,
    avatar: String,
    avatar_static: String,
}

impl From<Account> for Partial {
    fn from(account: Account) -> Self {
        let Account { id, acct, locked, bot, url, avatar, avatar_static, .. } = account;
        Self { id, acct, locked, bot, url, avatar, avatar_static }
    }
}
