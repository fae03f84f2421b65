//! What is said of the settings to those who look after the server: what holds, and who said so. No secret is among it.
use std::collections::BTreeMap;

use app::{Decided, Decisions, Origin};

use super::{SETTINGS, Setting, sources::Sources};

/// A setting and its value; nothing of one that holds a secret.
pub(super) type Shown = (&'static Setting, Option<String>);

/// Who said what: the file that was read, and where each setting that is not left to its default comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    file: Option<String>,
    origins: BTreeMap<&'static str, Origin>,
}

impl Given {
    pub(super) fn by(sources: &Sources) -> Self {
        let origins = SETTINGS.iter().filter_map(|setting| Some((setting.key, sources.origin(setting)?)));
        Self { file: sources.file().map(str::to_owned), origins: origins.collect() }
    }

    /// All settings in their order, with these values; one without holds a secret.
    pub(super) fn decisions(&self, values: &[Shown]) -> Decisions {
        let value = |setting: &Setting| values.iter().find(|(of, _)| of.key == setting.key).map(|(_, value)| value);
        let decided = |setting: &Setting| Decided {
            key: setting.key,
            env: setting.env,
            value: value(setting).cloned().flatten(),
            origin: self.origins.get(setting.key).copied().unwrap_or_default(),
        };
        Decisions { file: self.file.clone(), settings: SETTINGS.iter().map(decided).collect() }
    }
}

/// What is shown of a secret: that there is one, or that there is none.
pub(super) fn secret(is_there: bool) -> Option<String> {
    (!is_there).then(String::new)
}
