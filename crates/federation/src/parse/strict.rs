//! JSON read so that no two readers can see two documents, and so that nobody pays for more than they should.
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep a document may nest.
const DEPTH: usize = 64;
/// How many keys one object may have.
const KEYS: usize = 1_000;
/// How many items one list may have.
const ITEMS: usize = 10_000;
/// How many values a whole document may have.
const VALUES: usize = 50_000;

/// Why bytes are no document.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be read: {0}")]
pub struct Unreadable(#[from] serde_json::Error);

/// Reads a whole document; keys that are repeated, nesting without end and endless lists are refused.
pub fn json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let mut left = VALUES;
    // Whether it is text is asked once, not of each string in it.
    let text = str::from_utf8(bytes).map_err(de::Error::custom).map_err(Unreadable)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Node { depth: DEPTH, left: &mut left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// One value of the document, with what may still come below it and after it.
struct Node<'a> {
    depth: usize,
    left: &'a mut usize,
}

impl<'a> Node<'a> {
    fn below(&mut self) -> Node<'_> {
        Node { depth: self.depth, left: self.left }
    }

    fn enter<E: de::Error>(mut self) -> Result<Node<'a>, E> {
        self.depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("it nests too deeply"))?;
        Ok(self)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        *self.left = self.left.checked_sub(1).ok_or_else(|| de::Error::custom("it holds too much"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(without_nul(value)))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut node = self.enter()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(node.below())? {
            list.push(item);
            if list.len() > ITEMS {
                return Err(de::Error::custom("a list is too long"));
            }
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut node = self.enter()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key.contains('\0') {
                return Err(de::Error::custom("a key holds a NUL"));
            }
            let value = entries.next_value_seed(node.below())?;
            if map.insert(key, value).is_some() {
                return Err(de::Error::custom("a key is repeated"));
            }
            if map.len() > KEYS {
                return Err(de::Error::custom("an object has too many keys"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// One of our databases cannot store the character, so that neither does.
fn without_nul(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text.to_owned() }
}
