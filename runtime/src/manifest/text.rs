//! The text of a manifest, taken apart.

use serde_json::{Map, Value};

use crate::error::ManifestMistake;

/// Bytes of a manifest: over a thousand services, and far below what would be noticed in memory.
const BYTES_MAX: usize = 1 << 20;

/// One object of the text.
pub(super) struct Object {
    /// Where its document begins, from 1.
    pub(super) line: usize,
    pub(super) kind: String,
    pub(super) name: String,
    /// What it says beside kind and name.
    pub(super) fields: Map<String, Value>,
}

impl Object {
    /// Kind and name, for people.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// The objects of a text, in its order; those that are none become mistakes.
pub(super) fn objects(text: &str, mistakes: &mut Vec<ManifestMistake>) -> Vec<Object> {
    if text.len() > BYTES_MAX {
        let reason = format!("it has {} bytes; a manifest has at most {BYTES_MAX}", text.len());
        mistakes.push(ManifestMistake::new(1, "manifest", reason));
        return Vec::new();
    }
    let mut objects = Vec::new();
    for (line, document) in documents(text) {
        match object(line, &document) {
            Ok(object) => objects.push(object),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    objects
}

/// The documents between lines of `---`, each with the line on which it begins; those without text are left out.
fn documents(text: &str) -> Vec<(usize, String)> {
    let mut documents = vec![(1, String::new())];
    for (index, line) in text.lines().enumerate() {
        if line.trim_end() == "---" {
            documents.push((index + 2, String::new()));
        } else if let Some((_, document)) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    documents.retain(|(_, document)| !document.trim().is_empty());
    documents
}

fn object(line: usize, document: &str) -> Result<Object, ManifestMistake> {
    let parsed = serde_json::from_str::<Map<String, Value>>(document);
    let mut fields = parsed.map_err(|error| {
        let whole = error.to_string();
        let reason = whole.split(" at line ").next().unwrap_or_default();
        let reason = format!("it is no JSON object: {reason}; documents are JSON objects with lines of `---` between");
        ManifestMistake::new(line + error.line().saturating_sub(1), "document", reason)
    })?;
    let mut take = |field: &str, example: &str| match fields.remove(field) {
        Some(Value::String(text)) => Ok(text),
        found => {
            let found = found.map_or("nothing".to_owned(), |found| found.to_string());
            let reason = format!("`{field}` is {}; it is a text, such as {example}", crate::wire::excerpt(&found));
            Err(ManifestMistake::new(line, "document", reason))
        }
    };
    let kind = take("kind", "\"Service\"")?;
    let name = take("name", "the name of a service")?;
    Ok(Object { line, kind, name, fields })
}
