//! Triples in their one canonical order (URDNA2015), so that a document can be signed whatever its things without a name
//! are called.
use std::collections::{BTreeMap, HashMap};

use openssl::sha::sha256;

use super::{
    Unfit,
    triples::{Node, Said, Triple},
};

/// How many steps the search among things that look alike may take. Documents of people need none, or a few.
const STEPS: usize = 2_000;

/// The canonical text of some triples.
pub(super) fn text(triples: &[Triple]) -> Result<String, Unfit> {
    let mut search = Search::new(triples);
    search.name_all()?;
    let name = |number: usize| search.names.get(number).unwrap_or_default();
    Ok(lines(triples.iter(), name))
}

/// Names for things without one, in the order in which they were given.
#[derive(Debug, Clone)]
struct Names {
    prefix: &'static str,
    given: HashMap<usize, String>,
    order: Vec<usize>,
}

impl Names {
    fn new(prefix: &'static str) -> Self {
        Self { prefix, given: HashMap::new(), order: Vec::new() }
    }

    fn get(&self, number: usize) -> Option<String> {
        self.given.get(&number).cloned()
    }

    fn give(&mut self, number: usize) -> String {
        let name = format!("{}{}", self.prefix, self.order.len());
        self.given.entry(number).or_insert_with(|| {
            self.order.push(number);
            name
        });
        self.get(number).unwrap_or_default()
    }
}

struct Search<'a> {
    /// What is said by or of each thing without a name.
    about: BTreeMap<usize, Vec<&'a Triple>>,
    looks: HashMap<usize, String>,
    names: Names,
    steps: usize,
}

impl<'a> Search<'a> {
    fn new(triples: &'a [Triple]) -> Self {
        let mut about: BTreeMap<usize, Vec<&Triple>> = BTreeMap::new();
        for triple in triples {
            let (subject, object) = (nameless(&triple.subject), object(triple));
            for number in subject.into_iter().chain(object.filter(|object| subject != Some(*object))) {
                about.entry(number).or_default().push(triple);
            }
        }
        let look = |(number, triples): (&usize, &Vec<&Triple>)| {
            let name = |other: usize| if other == *number { "_:a".to_owned() } else { "_:z".to_owned() };
            (*number, hash(&lines(triples.iter().copied(), name)))
        };
        let looks = about.iter().map(look).collect();
        Self { about, looks, names: Names::new("_:c14n"), steps: STEPS }
    }

    /// Names everything: what looks like nothing else first, then what does, by what it hangs together with.
    fn name_all(&mut self) -> Result<(), Unfit> {
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, look) in &self.looks {
            alike.entry(look.clone()).or_default().push(*number);
        }
        alike.retain(|_, numbers| {
            if let [number] = numbers.as_slice() {
                self.names.give(*number);
            }
            numbers.len() > 1
        });
        for numbers in alike.into_values() {
            let mut found = Vec::new();
            for number in numbers {
                if self.names.get(number).is_none() {
                    let mut names = Names::new("_:b");
                    names.give(number);
                    found.push(self.look_around(number, names)?);
                }
            }
            found.sort_by(|(one, _), (other, _)| one.cmp(other));
            for number in found.into_iter().flat_map(|(_, names)| names.order) {
                self.names.give(number);
            }
        }
        Ok(())
    }

    /// What a thing looks like together with its neighbours, and the names they got for that.
    fn look_around(&mut self, number: usize, mut names: Names) -> Result<(String, Names), Unfit> {
        self.step()?;
        let mut neighbours: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for triple in self.about.get(&number).cloned().unwrap_or_default() {
            let ends = [("s", nameless(&triple.subject)), ("o", object(triple))];
            for (end, other) in ends.into_iter().filter_map(|(end, other)| Some((end, other?))) {
                if other != number {
                    let name = self.names.get(other).or_else(|| names.get(other));
                    let name = name.or_else(|| self.looks.get(&other).cloned()).unwrap_or_default();
                    let look = hash(&format!("{end}<{}>{name}", triple.property));
                    neighbours.entry(look).or_default().push(other);
                }
            }
        }
        let mut text = String::new();
        for (look, numbers) in neighbours {
            text.push_str(&look);
            let mut best: Option<(String, Names)> = None;
            for order in orders(numbers) {
                let limit = best.as_ref().map(|(path, _)| path.as_str());
                if let Some(found) = self.walk(&order, names.clone(), limit)? {
                    best = Some(found);
                }
            }
            if let Some((path, chosen)) = best {
                text.push_str(&path);
                names = chosen;
            }
        }
        Ok((hash(&text), names))
    }

    /// Names neighbours in this order, as long as the path that makes is not behind `limit`.
    fn walk(
        &mut self,
        order: &[usize],
        mut names: Names,
        limit: Option<&str>,
    ) -> Result<Option<(String, Names)>, Unfit> {
        self.step()?;
        let behind = |path: &str| limit.is_some_and(|limit| path.len() >= limit.len() && path > limit);
        let (mut path, mut unseen) = (String::new(), Vec::new());
        for number in order {
            if let Some(name) = self.names.get(*number) {
                path.push_str(&name);
            } else {
                if names.get(*number).is_none() {
                    unseen.push(*number);
                }
                path.push_str(&names.give(*number));
            }
            if behind(&path) {
                return Ok(None);
            }
        }
        for number in unseen {
            let (look, further) = self.look_around(number, names.clone())?;
            path.push_str(&names.give(number));
            path.extend(["<", &look, ">"]);
            names = further;
            if behind(&path) {
                return Ok(None);
            }
        }
        Ok(limit.is_none_or(|limit| path.as_str() < limit).then_some((path, names)))
    }

    fn step(&mut self) -> Result<(), Unfit> {
        self.steps = self.steps.checked_sub(1).ok_or(Unfit("too many things that look alike"))?;
        Ok(())
    }
}

/// Every order of some numbers, made as they are asked for.
fn orders(mut numbers: Vec<usize>) -> impl Iterator<Item = Vec<usize>> {
    numbers.sort_unstable();
    let mut next = Some(numbers);
    std::iter::from_fn(move || {
        let order = next.take()?;
        next = following(order.clone());
        Some(order)
    })
}

/// The order after this one.
fn following(mut order: Vec<usize>) -> Option<Vec<usize>> {
    let turn = order.windows(2).rposition(|pair| matches!(pair, [one, other] if one < other))?;
    let (head, tail) = order.split_at_mut_checked(turn + 1)?;
    let pivot = head.last_mut()?;
    let larger = tail.iter().rposition(|number| *number > *pivot)?;
    std::mem::swap(pivot, tail.get_mut(larger)?);
    tail.reverse();
    Some(order)
}

fn nameless(node: &Node) -> Option<usize> {
    if let Node::Nameless(number) = node { Some(*number) } else { None }
}

fn object(triple: &Triple) -> Option<usize> {
    if let Said::Thing(node) = &triple.object { nameless(node) } else { None }
}

/// Triples as text, sorted, one a line.
fn lines<'a>(triples: impl Iterator<Item = &'a Triple>, name: impl Fn(usize) -> String) -> String {
    let node = |node: &Node| match node {
        Node::Named(name) => format!("<{name}>"),
        Node::Nameless(number) => name(*number),
    };
    let line = |triple: &Triple| {
        let object = match &triple.object {
            Said::Thing(thing) => node(thing),
            Said::Text(text) => text.clone(),
        };
        format!("{} <{}> {object} .\n", node(&triple.subject), triple.property)
    };
    let mut lines: Vec<String> = triples.map(line).collect();
    lines.sort_unstable();
    lines.concat()
}

fn hash(text: &str) -> String {
    hex::encode(sha256(text.as_bytes()))
}
