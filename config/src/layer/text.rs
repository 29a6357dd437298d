//! TOML as values, with the line of each.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::layer::leaves::DEPTH_MAX;
use crate::layer::levels::too_deep;
use crate::path::ConfigPath;

/// A TOML document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) entries: Map<String, Value>,
    lines: BTreeMap<ConfigPath, u32>,
}

/// What is wrong with a text.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// From 1.
    pub(crate) line: u32,
    /// The key, if it is about one.
    pub(crate) path: ConfigPath,
    pub(crate) reason: String,
}

impl Document {
    /// Reads a text, or finds all that is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<Wrong>> {
        let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        if let Some(byte) = too_deep(text) {
            let (line, reason) = (line(&breaks, byte), levels());
            return Err(vec![Wrong { line, path: ConfigPath::default(), reason }]);
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let wrong = errors.into_iter().map(|error| Wrong {
                line: line(&breaks, error.span().map_or(0, |span| span.start)),
                path: ConfigPath::default(),
                // Only the message: the error as a whole quotes the line, and the line may hold a secret.
                reason: error.message().trim().replace('\n', "; "),
            });
            return Err(wrong.collect());
        }
        let mut reader = Reader { breaks, lines: BTreeMap::new(), wrong: Vec::new() };
        let entries = reader.table(table.get_ref(), &ConfigPath::default());
        if reader.wrong.is_empty() { Ok(Self { entries, lines: reader.lines }) } else { Err(reader.wrong) }
    }

    /// Where a path stands, or the nearest table or list around it.
    pub(crate) fn line(&self, path: &ConfigPath) -> Option<u32> {
        let known = |path: &ConfigPath| self.lines.get(path).copied();
        known(path).or_else(|| path.ancestors().find_map(|ancestor| known(&ancestor)))
    }
}

fn levels() -> String {
    format!("it has more than {DEPTH_MAX} levels")
}

/// The number of the line of a byte, from 1.
fn line(breaks: &[usize], byte: usize) -> u32 {
    u32::try_from(breaks.partition_point(|end| *end < byte) + 1).unwrap_or(u32::MAX)
}

struct Reader {
    breaks: Vec<usize>,
    lines: BTreeMap<ConfigPath, u32>,
    wrong: Vec<Wrong>,
}

impl Reader {
    fn table(&mut self, table: &DeTable<'_>, path: &ConfigPath) -> Map<String, Value> {
        let mut entries = Map::new();
        for (key, value) in table {
            let path = path.child(key.get_ref());
            self.lines.insert(path.clone(), line(&self.breaks, key.span().start));
            if let Some(value) = self.value(value, &path) {
                entries.insert(key.get_ref().to_string(), value);
            }
        }
        entries
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &ConfigPath) -> Option<Value> {
        let read = match value.get_ref() {
            // The service's own table, and the levels that a value may have.
            _ if path.keys().len() > DEPTH_MAX + 1 => Err(levels()),
            DeValue::String(text) => Ok(Value::from(text.as_ref())),
            DeValue::Boolean(value) => Ok(Value::Bool(*value)),
            DeValue::Integer(number) => integer(number.as_str(), number.radix()),
            DeValue::Float(number) => float(number.as_str()),
            DeValue::Datetime(time) => Ok(Value::from(time.to_string())),
            DeValue::Table(table) => return Some(Value::Object(self.table(table, path))),
            DeValue::Array(items) => {
                let items = items.iter().enumerate().map(|(at, item)| {
                    let path = path.child(&at.to_string());
                    self.lines.insert(path.clone(), line(&self.breaks, item.span().start));
                    self.value(item, &path)
                });
                return items.collect::<Option<Vec<_>>>().map(Value::Array);
            }
        };
        let line = line(&self.breaks, value.span().start);
        read.map_err(|reason| self.wrong.push(Wrong { line, path: path.clone(), reason })).ok()
    }
}

fn integer(text: &str, radix: u32) -> Result<Value, String> {
    let signed = i64::from_str_radix(text, radix).map(Value::from);
    signed.or_else(|_| u64::from_str_radix(text, radix).map(Value::from)).map_err(|_| "it has more than 64 bits".into())
}

fn float(text: &str) -> Result<Value, String> {
    let number = text.parse().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| "it is not a finite number".to_owned())
}
