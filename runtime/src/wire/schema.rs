//! The JSON Schema of a type.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema (draft 2020-12) of `T`, without the `$schema` member that would say so every time.
pub fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The type a schema asks for, in a few words: "integer (int64)", "string or null", "object (Refused)".
pub(super) fn type_in_words(schema: &Value) -> String {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => return schema["title"].as_str().unwrap_or("a value of its schema").to_owned(),
    };
    let detail = match kind.as_str() {
        "object" => &schema["title"],
        _ => &schema["format"],
    };
    detail.as_str().map_or_else(|| kind.clone(), |detail| format!("{kind} ({detail})"))
}

#[cfg(test)]
mod tests {
    use super::{JsonSchema, schema, type_in_words};
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Refused {
        limit: i64,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    enum Shape {
        Dot,
        Circle { radius: u32 },
    }

    #[test]
    fn a_schema_describes_the_type_and_nothing_else() {
        assert_eq!(schema::<String>(), json!({"title": "string", "type": "string"}));
        let refused = schema::<Refused>();
        assert_eq!(refused["properties"]["limit"]["type"], "integer");
        assert_eq!(refused.get("$schema"), None);
    }

    #[test]
    fn a_type_is_named_in_a_few_words() {
        assert_eq!(type_in_words(&schema::<i64>()), "integer (int64)");
        assert_eq!(type_in_words(&schema::<String>()), "string");
        assert_eq!(type_in_words(&schema::<Option<String>>()), "string or null");
        assert_eq!(type_in_words(&schema::<Vec<u8>>()), "array");
        assert_eq!(type_in_words(&schema::<Refused>()), "object (Refused)");
        assert_eq!(type_in_words(&schema::<Shape>()), "Shape");
        assert_eq!(type_in_words(&json!(true)), "a value of its schema");
    }
}
