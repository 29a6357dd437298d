//! From the text of a manifest to what has to be done; decides only.

use serde_json::{Map, Value};

use super::text::{self, Object};
use super::{Document, Manifest};
use crate::error::ManifestMistake;
use crate::wire::{did_you_mean, excerpt, listed};

/// What a manifest wants of a node that is otherwise as it says.
#[derive(Default)]
pub(super) struct Plan {
    /// Services, and whether they are enabled.
    pub(super) enabled: Vec<(&'static str, bool)>,
    /// Services, and whether they are kept alive.
    pub(super) kept: Vec<(&'static str, bool)>,
    /// What it says that is not done, and why.
    pub(super) ignored: Vec<String>,
    /// Values of the configuration, by service.
    #[cfg(feature = "config")]
    pub(super) values: Vec<(String, Value)>,
}

impl Plan {
    /// Compares a text with what runs; or finds every mistake in it.
    pub(super) fn of(text: &str, runs: &Manifest) -> Result<Self, Vec<ManifestMistake>> {
        let mut mistakes = Vec::new();
        let objects = text::objects(text, &mut mistakes);
        let mut plan = Plan::default();
        for (index, object) in objects.iter().enumerate() {
            let is_same = |other: &&Object| other.title() == object.title();
            match objects[..index].iter().find(is_same) {
                Some(first) => {
                    let reason = format!("it stands twice; the first begins at line {}", first.line);
                    mistakes.push(ManifestMistake::new(object.line, &object.title(), reason));
                }
                None => plan.add(object, runs).into_iter().for_each(|reason| {
                    mistakes.push(ManifestMistake::new(object.line, &object.title(), reason));
                }),
            }
        }
        mistakes.sort_by_key(|mistake| mistake.line);
        if mistakes.is_empty() { Ok(plan) } else { Err(mistakes) }
    }

    /// Takes in one object; what is wrong with it.
    fn add(&mut self, object: &Object, runs: &Manifest) -> Vec<String> {
        match object.kind.as_str() {
            "Service" => match runs.service(&object.name) {
                Some(service) => self.add_service(object, service.name, Document::Service(service)),
                None => vec![unknown("service", &object.name, runs.services.iter().map(|it| it.name))],
            },
            "Supervisor" => match runs.supervisors.iter().find(|it| it.name == object.name) {
                Some(supervisor) => self.add_supervisor(object, Document::Supervisor(supervisor)),
                None => vec![unknown("supervisor", &object.name, runs.supervisors.iter().map(|it| it.name.as_str()))],
            },
            #[cfg(feature = "config")]
            "Config" => self.add_config(object),
            other => vec![format!("there is no kind `{}`; the kinds are {}", excerpt(other), listed(KINDS))],
        }
    }

    fn add_service(&mut self, object: &Object, name: &'static str, runs: Document<'_>) -> Vec<String> {
        let mut fields = object.fields.clone();
        let mut wrong = Vec::new();
        for (field, wanted) in [("enabled", &mut self.enabled), ("kept_alive", &mut self.kept)] {
            match fields.remove(field) {
                Some(Value::Bool(wants)) => wanted.push((name, wants)),
                Some(other) => wrong.push(wants_bool(field, &other)),
                None => {}
            }
        }
        wrong.extend(differences(&fields, runs));
        wrong
    }

    fn add_supervisor(&mut self, object: &Object, runs: Document<'_>) -> Vec<String> {
        let mut fields = object.fields.clone();
        let mut wrong = Vec::new();
        match fields.remove("enabled") {
            Some(Value::Bool(false)) => {
                self.ignored.push(format!("{}: `enabled` is false, and a supervisor is always on", object.name));
            }
            Some(Value::Bool(true)) | None => {}
            Some(other) => wrong.push(wants_bool("enabled", &other)),
        }
        wrong.extend(differences(&fields, runs));
        wrong
    }

    #[cfg(feature = "config")]
    fn add_config(&mut self, object: &Object) -> Vec<String> {
        let unknown = object.fields.keys().filter(|field| *field != "values");
        let mut wrong: Vec<_> = unknown.map(|field| unknown_field(field, &["values"])).collect();
        match object.fields.get("values") {
            Some(values @ Value::Object(_)) => self.values.push((object.name.clone(), values.clone())),
            Some(other) => wrong.push(format!("`values` wants an object, found {}", short(other))),
            None => wrong.push("`values` is missing".to_owned()),
        }
        wrong
    }
}

#[cfg(feature = "config")]
const KINDS: &[&str] = &["Supervisor", "Service", "Config"];
#[cfg(not(feature = "config"))]
const KINDS: &[&str] = &["Supervisor", "Service"];

/// What a text says otherwise than the program. It may say less.
fn differences(fields: &Map<String, Value>, runs: Document<'_>) -> Vec<String> {
    // it is written by derived code, from names and numbers
    let Ok(Value::Object(mut runs)) = serde_json::to_value(&runs) else { return Vec::new() };
    ["kind", "name", "enabled", "kept_alive"].iter().for_each(|field| drop(runs.remove(*field)));
    let mut wrong = Vec::new();
    differ("", fields, &runs, &mut wrong);
    wrong
}

fn differ(path: &str, fields: &Map<String, Value>, runs: &Map<String, Value>, wrong: &mut Vec<String>) {
    for (field, said) in fields {
        let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
        match (said, runs.get(field)) {
            (Value::Object(said), Some(Value::Object(runs))) => differ(&path, said, runs, wrong),
            (said, Some(runs)) if said == runs => {}
            (said, Some(runs)) => wrong.push(format!(
                "`{path}` is {} in the program, found {}; it is changed where the program says it",
                short(runs),
                short(said)
            )),
            (_, None) => wrong.push(unknown_field(&path, &runs.keys().collect::<Vec<_>>())),
        }
    }
}

fn wants_bool(field: &str, found: &Value) -> String {
    format!("`{field}` wants true or false, found {}", short(found))
}

fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<_> = known.collect();
    format!("the node has no {what} of this name{} (it has {})", did_you_mean(name, &known), listed(&known))
}

fn unknown_field<S: AsRef<str>>(path: &str, known: &[S]) -> String {
    let field = path.rsplit('.').next().unwrap_or_default();
    format!("`{}` is unknown{} (known: {})", excerpt(path), did_you_mean(field, known), listed(known))
}

fn short(value: &Value) -> Box<str> {
    excerpt(&value.to_string())
}
