//! XML as the providers of organizations write it: read strictly, and spelt canonically.
use bergshamra_c14n::exclusive;
use bergshamra_xml::NodeSet;
use uppsala::{Document, NodeId, NodeKind, Parser};

/// The namespaces of what is said.
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace, and the name, of exclusive canonicalisation.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// How deep elements may lie within one another: twice what anybody needs.
const DEEPEST: u32 = 40;

/// How many attributes an element may have, about: the parser compares each with each.
const MOST: usize = 100;

/// Reads a document that declares nothing of its own: no document type, and so no entities.
pub(super) fn parse(text: &str) -> Option<Document<'_>> {
    // Within a tag nothing opens another one.
    let attributes = |tag: &str| tag.bytes().filter(|byte| *byte == b'=').count();
    if text.split('<').any(|tag| attributes(tag) > MOST) {
        return None;
    }
    Parser::new().with_forbid_dtd(true).with_max_depth(DEEPEST).parse(text).ok()
}

/// The canonical spelling (exclusive, without comments) of an element and what is in it; `prefixes` are those that are
/// always declared.
pub(super) fn canonical(document: &Document<'_>, id: NodeId, prefixes: &[String]) -> Option<String> {
    let within = NodeSet::tree_without_comments(id, document);
    let bytes = exclusive::canonicalize(document, false, Some(&within), prefixes).ok()?;
    String::from_utf8(bytes).ok()
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> Node<'d> {
    /// The outermost element.
    pub(super) fn root(document: &'d Document<'d>) -> Option<Self> {
        document.document_element().map(|id| Self { document, id })
    }

    /// Where it stands in its document.
    pub(super) fn id(self) -> NodeId {
        self.id
    }

    /// Whether it is called that.
    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        self.document.element(self.id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// The value of its attribute of that name, which is in no namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.id)?.attributes;
        attributes.iter().find(|one| one.name.matches(None, name)).map(|one| one.value.as_ref())
    }

    /// By what its attributes name it, whatever they are called in whichever namespace.
    pub(super) fn names(self) -> impl Iterator<Item = &'d str> {
        let attributes = self.document.element(self.id).map(|element| element.attributes.as_slice());
        let names = attributes.unwrap_or_default().iter();
        names.filter(|one| one.name.local_name.eq_ignore_ascii_case("id")).map(|one| one.value.as_ref())
    }

    /// The element that it stands in.
    pub(super) fn parent(self) -> Option<Self> {
        let id = self.document.parent(self.id).filter(|id| self.document.element(*id).is_some())?;
        Some(Self { id, ..self })
    }

    /// The elements in it that are called that, in their order; not those in them.
    pub(super) fn each(self, namespace: &'d str, name: &'d str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The elements in it, in their order; not those in them.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let all = self.document.children_iter(self.id).map(move |id| Self { id, ..self });
        all.filter(|child| self.document.element(child.id).is_some())
    }

    /// The one element in it that is called that; nothing, if there are several.
    pub(super) fn only(self, namespace: &'d str, name: &'d str) -> Option<Self> {
        let mut all = self.each(namespace, name);
        all.next().filter(|_| all.next().is_none())
    }

    /// Itself and all elements within.
    pub(super) fn all(self) -> Vec<Self> {
        let within = self.document.descendants(self.id).into_iter();
        let all = std::iter::once(self.id).chain(within).map(|id| Self { id, ..self });
        all.filter(|node| self.document.element(node.id).is_some()).collect()
    }

    /// The whole of its text, without the space around; nothing, if there is anything else in it. What comments part is
    /// one text.
    pub(super) fn text(self) -> Option<String> {
        let mut text = String::new();
        for id in self.document.children_iter(self.id) {
            match self.document.node_kind(id)? {
                NodeKind::Text(part) | NodeKind::CData(part) => text.push_str(part),
                NodeKind::Comment(_) => {}
                _ => return None,
            }
        }
        Some(text.trim().to_owned())
    }
}

/// Whether a document tells any program what to do.
pub(super) fn instructs(document: &Document<'_>) -> bool {
    let is_instruction = |id: NodeId| matches!(document.node_kind(id), Some(NodeKind::ProcessingInstruction(_)));
    document.descendants(document.root()).into_iter().any(is_instruction)
}

/// A text as it stands between quotes, or between tags.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
