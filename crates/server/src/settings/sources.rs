//! Where settings come from: the file, the environment, the defaults; and what to say of names that are none.
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use app::Origin;
use toml::{Table, Value};

use super::{AwsVariables, Error, Kind, SETTINGS, Setting};

const DEFAULT_FILE: &str = "tertulia.toml";
const PREFIX: &str = "TERTULIA_";

/// A configuration file whose names are all known.
pub(super) struct File {
    path: String,
    table: Table,
}

impl File {
    /// Reads the named file, which must exist, or the usual one, which need not.
    pub(super) fn open(named: Option<&Path>) -> Result<Option<Self>, Error> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(None),
            Err(error) => Err(Error::File { path: path.display().to_string(), reason: error.to_string() }),
        }
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let path = path.display().to_string();
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let reason = error.message().replace('\n', "; ");
            Error::Syntax { path: path.clone(), line: before.matches('\n').count() + 1, reason }
        })?;
        match table.keys().find(|name| SETTINGS.iter().all(|setting| setting.key != *name)) {
            Some(name) => Err(unknown(path, name, |setting| setting.key)),
            None => Ok(Self { path, table }),
        }
    }
}

/// Every value that was given, by place.
pub(super) struct Sources {
    file: Option<File>,
    environment: BTreeMap<String, OsString>,
    aws: AwsVariables,
}

impl Sources {
    pub(super) fn new(
        file: Option<File>,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        let mut environment = BTreeMap::new();
        let mut aws = Vec::new();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            if name.starts_with(PREFIX) {
                environment.insert(name, value);
            } else if name.starts_with("AWS_")
                && let Ok(value) = value.into_string()
            {
                aws.push((name.to_ascii_lowercase(), value));
            }
        }
        match environment.keys().find(|name| SETTINGS.iter().all(|setting| setting.env != *name)) {
            Some(name) => Err(unknown("environment".to_owned(), name, |setting| setting.env)),
            None => Ok(Self { file, environment, aws: AwsVariables::new(aws) }),
        }
    }

    /// The path of the file that was read, if there is one.
    pub(super) fn file(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.path.as_str())
    }

    /// Who gave a setting; nothing if nobody did.
    pub(super) fn origin(&self, setting: &Setting) -> Option<Origin> {
        if self.environment.contains_key(setting.env) {
            return Some(Origin::Environment);
        }
        self.in_file(setting).map(|_| Origin::File)
    }

    /// What object stores call their configuration.
    pub(super) fn aws(&self) -> AwsVariables {
        self.aws.clone()
    }

    /// The value of a setting.
    pub(super) fn text<T>(&self, setting: &Setting, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
        self.below(&PathBuf::new(), setting, parse)
    }

    /// The value of a setting whose default is a path below the folder `data`.
    pub(super) fn below<T>(
        &self,
        data: &Path,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let (place, text) = if let Some(value) = self.environment.get(setting.env) {
            let text = value.to_str().map(str::to_owned).ok_or_else(|| "text that is not UTF-8".to_owned());
            (format!("environment: {} (setting `{}`)", setting.env, setting.key), text)
        } else if let Some((path, value)) = self.in_file(setting) {
            (format!("{path}: setting `{}`", setting.key), plain(setting, value))
        } else {
            let text = setting.default.replace("<data>", &data.to_string_lossy());
            (format!("the default of setting `{}`", setting.key), Ok(text))
        };
        let wrong = |shown| Error::Wrong { place, expected: setting.expected, shown };
        let text = match text {
            Ok(text) => text,
            Err(what) => return Err(wrong(format!(", not {what}"))),
        };
        match parse(text.trim()) {
            Some(value) => Ok(value),
            None => Err(wrong(shown(setting, &text))),
        }
    }

    fn in_file(&self, setting: &Setting) -> Option<(&str, &Value)> {
        let file = self.file.as_ref()?;
        Some((&file.path, file.table.get(setting.key)?))
    }
}

/// The text of a value in the file, or what else it is.
fn plain(setting: &Setting, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => return Ok(text.clone()),
        Value::Boolean(flag) if setting.kind == Kind::Flag => return Ok(flag.to_string()),
        Value::Array(items) if setting.kind == Kind::List => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            if let Some(texts) = texts {
                return Ok(texts.join(","));
            }
        }
        _ => (),
    }
    match value {
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) if setting.kind != Kind::Secret => {
            Err(format!("`{value}` ({})", value.type_str()))
        }
        _ => Err(format!("something of type {}", value.type_str())),
    }
}

/// The end of the message about a wrong value. Whatever may hold a password shows its scheme at most.
fn shown(setting: &Setting, text: &str) -> String {
    if setting.kind != Kind::Secret && !text.contains('@') {
        let text: String = text.chars().take(100).flat_map(char::escape_debug).collect();
        return format!(", not `{text}`");
    }
    match text.split_once("://") {
        Some((scheme, _)) if scheme.len() <= 12 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!(", not `{scheme}://…`")
        }
        _ => String::new(),
    }
}

fn unknown(place: String, name: &str, names: fn(&Setting) -> &'static str) -> Error {
    let likeness = |setting: &&Setting| {
        strsim::damerau_levenshtein(&names(setting).to_ascii_lowercase(), &name.to_ascii_lowercase())
    };
    let nearest = SETTINGS.iter().min_by_key(likeness).map_or("", names);
    Error::Unknown { place, name: name.escape_debug().to_string(), nearest }
}
