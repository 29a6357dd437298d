//! A place in a schema.

use serde_json::{Map, Value};

use crate::path::ConfigPath;
use crate::schema::marks::{HOT, Marks, SECRET};

/// References followed one after the other. A schema that needs more refers to itself.
const REFERENCES_MAX: usize = 32;

/// A place in a schema: what a value there may be.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    root: &'a Value,
    pub(crate) schema: &'a Value,
    pub(crate) marks: Marks,
    /// `null` is accepted besides what the schema says.
    pub(crate) nullable: bool,
}

/// Whether values at a place are merged key by key, or replaced as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Key by key: structs and maps.
    Table,
    /// As a whole: everything else, lists and enums with fields too.
    Leaf,
}

impl<'a> Node<'a> {
    /// The outermost place.
    pub(crate) fn root(schema: &'a Value) -> Self {
        Self { root: schema, schema, marks: Marks::default(), nullable: false }.resolved()
    }

    /// The place of a path, whose first key is the service's.
    pub(crate) fn at(schema: &'a Value, path: &ConfigPath) -> Option<Self> {
        path.keys().iter().skip(1).try_fold(Self::root(schema), |node, key| node.child(key))
    }

    pub(crate) fn object(&self) -> Option<&'a Map<String, Value>> {
        self.schema.as_object()
    }

    /// Another schema at the same place.
    pub(crate) fn alike(&self, schema: &'a Value) -> Self {
        Self { schema, nullable: false, ..*self }.resolved()
    }

    pub(crate) fn shape(&self) -> Shape {
        let Some(object) = self.object() else { return Shape::Leaf };
        let is_object = match object.get("type") {
            Some(Value::String(name)) => name == "object",
            Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
            _ => object.contains_key("properties"),
        };
        if is_object && self.alternatives().is_none() { Shape::Table } else { Shape::Leaf }
    }

    /// The schemas of which one has to fit, if there are any.
    pub(crate) fn alternatives(&self) -> Option<&'a [Value]> {
        let object = self.object()?;
        object.get("oneOf").or_else(|| object.get("anyOf"))?.as_array().map(Vec::as_slice)
    }

    /// The keys that have a name, in the order of the alphabet.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        let properties = self.object().and_then(|object| object.get("properties")).and_then(Value::as_object);
        let mut names: Vec<_> = properties.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names
    }

    /// The place of a key below this one.
    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        if self.shape() == Shape::Leaf {
            return None;
        }
        let properties = self.object()?.get("properties").and_then(Value::as_object);
        let schema = properties.and_then(|properties| properties.get(key)).or_else(|| self.others())?;
        Some(self.alike(schema))
    }

    /// What stands at keys without a name of their own: the values of a map.
    pub(crate) fn others(&self) -> Option<&'a Value> {
        let object = self.object()?;
        let patterns = object.get("patternProperties").and_then(Value::as_object);
        let of_pattern = patterns.and_then(|patterns| patterns.values().next());
        let rest = || object.get("additionalProperties").or_else(|| object.get("unevaluatedProperties"));
        of_pattern.or_else(|| rest().filter(|schema| **schema != Value::Bool(false)))
    }

    /// Whether what stands here as a whole is a secret, or a part of it is. The values of a table stand for themselves.
    pub(crate) fn is_secret(&self) -> bool {
        self.marks.secret || (self.shape() == Shape::Leaf && self.reaches_secret(self.schema, &mut Vec::new()))
    }

    fn reaches_secret(&self, schema: &'a Value, seen: &mut Vec<&'a str>) -> bool {
        match schema {
            Value::Object(object) => object.iter().any(|(key, value)| match value {
                Value::Bool(secret) if key == SECRET => *secret,
                Value::String(reference) if key == "$ref" => {
                    let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
                    !seen.contains(&reference.as_str()) && {
                        seen.push(reference);
                        target.is_some_and(|target| self.reaches_secret(target, seen))
                    }
                }
                // Definitions count only where they are referred to: others belong to other fields.
                _ => key != "$defs" && self.reaches_secret(value, seen),
            }),
            Value::Array(items) => items.iter().any(|item| self.reaches_secret(item, seen)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }

    /// Follows references, and looks through `Option`.
    fn resolved(mut self) -> Self {
        let mut marked = false;
        for _ in 0..REFERENCES_MAX {
            let Some(object) = self.object() else { break };
            // The mark at a field says more than the one at the type it refers to.
            let marks = self.marks.with(object);
            self.marks.secret = marks.secret;
            if !marked && object.contains_key(HOT) {
                (self.marks.hot, marked) = (marks.hot, true);
            }
            match self.target(object) {
                Some((target, nullable)) => (self.schema, self.nullable) = (target, self.nullable || nullable),
                None => break,
            }
        }
        self
    }

    /// What a schema stands for that only refers to another: the other, and whether `null` is accepted too.
    fn target(&self, object: &'a Map<String, Value>) -> Option<(&'a Value, bool)> {
        if let Some(Value::String(reference)) = object.get("$ref") {
            return self.root.pointer(reference.strip_prefix('#')?).map(|target| (target, false));
        }
        if let Some([only]) = object.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return Some((only, false));
        }
        let alternatives = self.alternatives()?;
        let mut others = alternatives.iter().filter(|schema| schema.get("type") != Some(&Value::from("null")));
        let (only, more) = (others.next()?, others.next());
        let nullable = alternatives.len() == 2;
        (more.is_none() && alternatives.len() <= 2).then_some((only, nullable))
    }
}
