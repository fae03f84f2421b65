//! The one `@context` of all our documents: terms stand inline, because peers fetch what they do not carry.
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeTuple},
};

const VOCABULARIES: [&str; 2] = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"];

/// Terms that are another name.
const NAMES: &[(&str, &str)] = &[
    ("toot", "http://joinmastodon.org/ns#"),
    ("lemmy", "https://join-lemmy.org/ns#"),
    ("gts", "https://gotosocial.org/ns#"),
    ("sec", "https://w3id.org/security#"),
    ("sc", "http://schema.org/"),
    ("sm", "http://smithereen.software/ns#"),
    ("Emoji", "toot:Emoji"),
    ("Hashtag", "as:Hashtag"),
    ("Lock", "lemmy:Lock"),
    ("Multikey", "sec:Multikey"),
    ("PropertyValue", "sc:PropertyValue"),
    ("QuoteAuthorization", "https://w3id.org/fep/044f#QuoteAuthorization"),
    ("QuoteRequest", "https://w3id.org/fep/044f#QuoteRequest"),
    ("_misskey_quote", "https://misskey-hub.net/ns#_misskey_quote"),
    ("_misskey_reaction", "https://misskey-hub.net/ns#_misskey_reaction"),
    ("Warn", "lemmy:Warn"),
    ("accessType", "sm:accessType"),
    ("blurhash", "toot:blurhash"),
    ("discoverable", "toot:discoverable"),
    ("identifier", "sc:identifier"),
    ("indexable", "toot:indexable"),
    ("language", "sc:inLanguage"),
    ("manuallyApprovesFollowers", "as:manuallyApprovesFollowers"),
    ("postingRestrictedToMods", "lemmy:postingRestrictedToMods"),
    ("quoteUri", "http://fedibird.com/ns#quoteUri"),
    ("removeData", "lemmy:removeData"),
    ("sensitive", "as:sensitive"),
    ("value", "sc:value"),
    ("votersCount", "toot:votersCount"),
    ("webfinger", "https://purl.archive.org/socialweb/webfinger#webfinger"),
];

/// Terms whose values have a type, or an order.
const TYPED: &[(&str, Term)] = &[
    ("implements", Term { id: "https://w3id.org/fep/844e#implements", kind: Some("@id"), container: Some("@set") }),
    ("affiliations", Term { id: "https://w3id.org/fep/5219#affiliations", kind: Some("@id"), container: None }),
    ("alsoKnownAs", Term { id: "as:alsoKnownAs", kind: Some("@id"), container: None }),
    ("approvedBy", Term { id: "gts:approvedBy", kind: Some("@id"), container: None }),
    ("assertionMethod", Term { id: "sec:assertionMethod", kind: Some("@id"), container: Some("@set") }),
    ("attributionDomains", Term { id: "toot:attributionDomains", kind: Some("@id"), container: None }),
    ("automaticApproval", Term { id: "gts:automaticApproval", kind: Some("@id"), container: None }),
    ("controller", Term { id: "sec:controller", kind: Some("@id"), container: None }),
    ("canQuote", Term { id: "gts:canQuote", kind: Some("@id"), container: None }),
    ("featured", Term { id: "toot:featured", kind: Some("@id"), container: None }),
    ("focalPoint", Term { id: "toot:focalPoint", kind: None, container: Some("@list") }),
    ("interactingObject", Term { id: "gts:interactingObject", kind: Some("@id"), container: None }),
    ("interactionPolicy", Term { id: "gts:interactionPolicy", kind: Some("@id"), container: None }),
    ("interactionTarget", Term { id: "gts:interactionTarget", kind: Some("@id"), container: None }),
    ("movedTo", Term { id: "as:movedTo", kind: Some("@id"), container: None }),
    ("quote", Term { id: "https://w3id.org/fep/044f#quote", kind: Some("@id"), container: None }),
    (
        "quoteAuthorization",
        Term { id: "https://w3id.org/fep/044f#quoteAuthorization", kind: Some("@id"), container: None },
    ),
    ("replyAuthorization", Term { id: "gts:replyAuthorization", kind: Some("@id"), container: None }),
    ("publicKeyMultibase", Term { id: "sec:publicKeyMultibase", kind: Some("sec:multibase"), container: None }),
];

#[derive(Serialize)]
struct Term {
    #[serde(rename = "@id")]
    id: &'static str,
    #[serde(rename = "@type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(rename = "@container", skip_serializing_if = "Option::is_none")]
    container: Option<&'static str>,
}

/// The value of every `@context` we write.
#[derive(Debug, Clone, Copy)]
pub struct Context;

struct Terms;

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_tuple(VOCABULARIES.len() + 1)?;
        for vocabulary in VOCABULARIES {
            all.serialize_element(vocabulary)?;
        }
        all.serialize_element(&Terms)?;
        all.end()
    }
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut terms = serializer.serialize_map(Some(NAMES.len() + TYPED.len() + 1))?;
        // A proof over the JSON says nothing in RDF, which the other signature covers.
        terms.serialize_entry("proof", &())?;
        for (term, name) in NAMES {
            terms.serialize_entry(term, name)?;
        }
        for (term, typed) in TYPED {
            terms.serialize_entry(term, typed)?;
        }
        terms.end()
    }
}
