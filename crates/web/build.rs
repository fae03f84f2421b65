//! Makes the sentences of `locales/` functions of `Language`: what one language lacks does not build, what no page
//! says is dead code, and what no file holds does not compile.
use std::{collections::BTreeMap, error::Error, fmt::Write as _, fs, path::Path};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Resource, Variant, VariantKey},
    parser, serializer,
};

/// Each language as the code names it, and its file.
const LANGUAGES: [(&str, &str); 2] = [("Es", "locales/es.ftl"), ("En", "locales/en.ftl")];
/// The plural categories of CLDR that a variant may name.
const CATEGORIES: [&str; 3] = ["one", "many", "other"];

type Messages = BTreeMap<String, Message<String>>;
/// The variables of a sentence, and whether they are numbers.
type Variables = BTreeMap<String, bool>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut all = Vec::new();
    for (language, file) in LANGUAGES {
        println!("cargo::rerun-if-changed={file}");
        all.push((language, file, messages(file)?));
    }
    #[expect(clippy::disallowed_methods, reason = "Cargo tells a build script by its environment where to write")]
    let folder = std::env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("messages.rs"), render(&all)?)?;
    Ok(())
}

/// The sentences of a file by their keys.
fn messages(file: &str) -> Result<Messages, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let resource = parser::parse(text).map_err(|(_, errors)| format!("{file}: {errors:?}"))?;
    let mut found = Messages::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.clone();
                if found.insert(key.clone(), message).is_some() {
                    return Err(format!("{file}: `{key}` stands there twice"));
                }
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => return Err(format!("{file}: {other:?} is not understood")),
        }
    }
    Ok(found)
}

fn render(all: &[(&str, &str, Messages)]) -> Result<String, Box<dyn Error>> {
    let (_, first_file, first) = all.first().ok_or("no language")?;
    for (_, file, messages) in all {
        for (here, there, missing) in [(first, messages, file), (messages, first, first_file)] {
            if let Some(key) = here.keys().find(|key| !there.contains_key(*key)) {
                return Err(format!("{missing}: `{key}` is missing").into());
            }
        }
    }
    let (mut functions, mut table, mut originals) = (String::new(), String::new(), String::new());
    for key in first.keys() {
        let mut patterns = Vec::new();
        for (language, file, messages) in all {
            let pattern = messages.get(key).and_then(|message| message.value.as_ref());
            patterns.push((*language, *file, pattern.ok_or_else(|| format!("{file}: `{key}` says nothing"))?));
        }
        let variables = variables(key, &patterns)?;
        functions.push_str(&function(key, &patterns, &variables)?);
        let texts: Vec<String> = patterns.iter().map(|(_, _, pattern)| format!("{:?}", plain(pattern))).collect();
        writeln!(table, "    ({key:?}, {}),", texts.join(", "))?;
        let texts: Vec<String> = all.iter().filter_map(|(.., messages)| messages.get(key)).map(written).collect();
        let variables: Vec<_> = variables.iter().collect();
        writeln!(originals, "    Original {{ name: {key:?}, texts: {texts:?}, variables: &{variables:?} }},")?;
    }
    Ok(format!(
        "impl Language {{\n{functions}}}\n\n/// Every key with its sentences.\n#[cfg(test)]\npub(crate) const TABLE: &[(&str, &str, &str)] = \
         &[\n{table}];\n\n/// Every sentence as the program says it.\npub(crate) static ORIGINALS: &[Original] = &[\n{originals}];\n"
    ))
}

/// A sentence as it is written, without its name.
fn written(message: &Message<String>) -> String {
    let key = message.id.name.as_str();
    let bare = Message { comment: None, attributes: Vec::new(), ..message.clone() };
    let text = serializer::serialize(&Resource { body: vec![Entry::Message(bare)] });
    let text = text.strip_prefix(key).and_then(|text| text.strip_prefix(" =")).unwrap_or(&text);
    let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}

/// The variables of a sentence, which are the same in each language.
fn variables(key: &str, patterns: &[(&str, &str, &Pattern<String>)]) -> Result<Variables, String> {
    let mut variables: Option<Variables> = None;
    for (_, file, pattern) in patterns {
        let mut found = Variables::new();
        survey(pattern, &mut found).map_err(|what| format!("{file}: `{key}`: {what}"))?;
        if variables.as_ref().is_some_and(|others| *others != found) {
            return Err(format!("{file}: `{key}` has other variables than elsewhere"));
        }
        variables = Some(found);
    }
    Ok(variables.unwrap_or_default())
}

/// The function that says one sentence, or what is said in its place.
fn function(
    key: &str,
    patterns: &[(&str, &str, &Pattern<String>)],
    variables: &Variables,
) -> Result<String, Box<dyn Error>> {
    let name = key.replace('-', "_");
    let mut code = String::new();
    if variables.is_empty() {
        writeln!(code, "    pub(crate) fn {name}(self) -> &'static str {{")?;
        writeln!(code, "        if let Some(said) = self.fixed({key:?}) {{\n            return said;\n        }}")?;
        code.push_str("        match self.tongue {\n");
        for (language, _, pattern) in patterns {
            writeln!(code, "            Tongue::{language} => {:?},", plain(pattern))?;
        }
        code.push_str("        }\n    }\n");
        return Ok(code);
    }
    let given = variables
        .iter()
        .map(|(name, number)| format!("{name}: impl {}", if *number { "Count" } else { "std::fmt::Display" }));
    let given = given.collect::<Vec<_>>().join(", ");
    writeln!(code, "    pub(crate) fn {name}(self, {given}) -> String {{")?;
    let mut filled = Vec::new();
    for (name, number) in variables {
        let (made, spelt) = if *number {
            ("count()", format!("self.counted({name})"))
        } else {
            ("to_string()", format!("Given::from({name}.as_str())"))
        };
        writeln!(code, "        let {name} = {name}.{made};")?;
        filled.push(format!("({name:?}, {spelt})"));
    }
    let filled = filled.join(", ");
    writeln!(code, "        if let Some(otherwise) = self.otherwise({key:?})")?;
    writeln!(code, "            && let Some(said) = otherwise.say(&[{filled}])")?;
    code.push_str("        {\n            return said;\n        }\n        let mut said = String::new();\n");
    code.push_str("        match self.tongue {\n");
    for (language, _, pattern) in patterns {
        writeln!(code, "            Tongue::{language} => {{ {} }}", say(pattern, variables)?)?;
    }
    code.push_str("        }\n        said\n    }\n");
    Ok(code)
}

/// Finds the variables of a pattern.
fn survey(pattern: &Pattern<String>, found: &mut Variables) -> Result<(), String> {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                found.entry(id.name.clone()).or_insert(false);
            }
            Expression::Inline(InlineExpression::StringLiteral { .. }) => {}
            Expression::Inline(inline @ InlineExpression::FunctionReference { .. }) => {
                let name = numbered(inline).ok_or_else(|| format!("{inline:?} is not understood"))?;
                found.insert(name.to_owned(), true);
            }
            Expression::Select { selector: InlineExpression::VariableReference { id }, variants } => {
                let counts = variants.iter().all(|variant| is_count(&variant.key));
                let number = found.entry(id.name.clone()).or_insert(counts);
                *number |= counts;
                for variant in variants {
                    survey(&variant.value, found)?;
                }
            }
            other => return Err(format!("{other:?} is not understood")),
        }
    }
    Ok(())
}

/// The variable of a `NUMBER($name)`.
fn numbered(inline: &InlineExpression<String>) -> Option<&str> {
    match inline {
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
            match arguments.positional.as_slice() {
                [InlineExpression::VariableReference { id }] => Some(&id.name),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_count(key: &VariantKey<String>) -> bool {
    match key {
        VariantKey::NumberLiteral { .. } => true,
        VariantKey::Identifier { name } => CATEGORIES.contains(&name.as_str()),
    }
}

/// The statements that add a pattern to `said`.
fn say(pattern: &Pattern<String>, variables: &Variables) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => code.push_str(&push(value)),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::StringLiteral { value }) => {
                    code.push_str(&push(value));
                }
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    let name = &id.name;
                    if variables.get(name) == Some(&true) {
                        write!(code, "said.push_str(&self.number({name}));")?;
                    } else {
                        write!(code, "said.push_str(&{name});")?;
                    }
                }
                Expression::Select { selector: InlineExpression::VariableReference { id }, variants } => {
                    code.push_str(&choose(&id.name, variants, variables)?);
                }
                Expression::Inline(inline) => {
                    if let Some(name) = numbered(inline) {
                        write!(code, "said.push_str(&self.number({name}));")?;
                    }
                }
                Expression::Select { .. } => {}
            },
        }
    }
    Ok(code)
}

/// The statement that adds a fixed text to `said`.
fn push(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(only), None) => format!("said.push({only:?});"),
        _ => format!("said.push_str({text:?});"),
    }
}

fn choose(name: &str, variants: &[Variant<String>], variables: &Variables) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for variant in variants.iter().filter(|variant| !variant.default) {
        let condition = match &variant.key {
            VariantKey::NumberLiteral { value } => format!("{name} == {value}"),
            VariantKey::Identifier { name: key } if variables.get(name) == Some(&true) => {
                format!("self.category({name}) == {key:?}")
            }
            VariantKey::Identifier { name: key } => format!("{name} == {key:?}"),
        };
        write!(code, "if {condition} {{ {} }} else ", say(&variant.value, variables)?)?;
    }
    let default = variants.iter().find(|variant| variant.default).ok_or("a selection has a default")?;
    write!(code, "{{ {} }}", say(&default.value, variables)?)?;
    Ok(code)
}

/// A pattern as one text: variables in braces, variants after one another.
fn plain(pattern: &Pattern<String>) -> String {
    let piece = |element: &PatternElement<String>| match element {
        PatternElement::TextElement { value } => value.clone(),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
            InlineExpression::StringLiteral { value } => value.clone(),
            InlineExpression::VariableReference { id } => format!("{{{}}}", id.name),
            other => numbered(other).map(|name| format!("{{{name}}}")).unwrap_or_default(),
        },
        PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
            variants.iter().map(|variant| plain(&variant.value)).collect::<Vec<_>>().join("{|}")
        }
    };
    pattern.elements.iter().map(piece).collect()
}
