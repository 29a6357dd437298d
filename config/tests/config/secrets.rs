//! What is secret is shown nowhere.

use consort_config::{Config, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::shop::{by_ann, now};

const WORD: &str = "hunter2";

#[derive(Default, Debug, Serialize, Deserialize, JsonSchema)]
struct Vault {
    password: Secret<String>,
    #[schemars(extend("x-secret" = true), range(max = 9999))]
    pin: u32,
    keys: Vec<Key>,
    #[schemars(extend("x-secret" = true))]
    nested: Nested,
    #[serde(deserialize_with = "blabs")]
    blabs: Secret<String>,
    plain: String,
}

#[derive(Default, Debug, Serialize, Deserialize, JsonSchema)]
struct Key {
    name: String,
    value: Secret<String>,
}

#[derive(Default, Debug, Serialize, Deserialize, JsonSchema)]
struct Nested {
    inner: String,
}

/// Refuses with the value in its words, as careless types do.
fn blabs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == WORD { Err(serde::de::Error::custom(format!("bad: {text:?}"))) } else { Ok(text.into()) }
}

fn vault(toml: &str) -> Result<Config, String> {
    Config::builder().service::<Vault>("vault").toml("v.toml", toml).build().map_err(|error| error.to_string())
}

#[test]
fn secrets_are_masked_wherever_values_are_shown() {
    let config = vault(&format!("vault.password = '{WORD}'\nvault.nested.inner = '{WORD}'\nvault.pin = 7777")).unwrap();
    config
        .set(
            &by_ann()
                .set("vault.password", format!("{WORD}!"))
                .set("vault.pin", 8888)
                .set("vault.keys", serde_json::json!([{ "name": "n", "value": WORD }])),
        )
        .unwrap();
    config.roll_back(0, "ann", now(), None).unwrap();
    config.roll_back(1, "ann", now(), None).unwrap();

    assert_eq!(
        config.explain("vault.password").unwrap().to_string(),
        "vault.password = \"***\" (revision 3 by ann)
  overrode \"***\" (v.toml:1)
  overrode \"***\" (default)
  waits for a refresh; the service sees \"***\""
            .replace("\"***\"", "***")
    );
    let shown = format!(
        "{:?} {} {:?} {:?} {:?}",
        config.list("vault").unwrap(),
        config.list("vault").unwrap().iter().map(ToString::to_string).collect::<String>(),
        config.history(),
        serde_json::to_string(&config.history()).unwrap(),
        config.get::<Vault>("vault").unwrap().password,
    );
    for word in [WORD, "7777", "8888"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
    assert!(shown.contains("***"));
    config.refresh("vault").unwrap();
    assert_eq!(*config.get::<Vault>("vault").unwrap().password, format!("{WORD}!"), "the service sees it");
}

#[test]
fn what_a_store_holds_is_masked_in_debug() {
    use consort_config::{MemoryStore, Store};
    let store = std::sync::Arc::new(MemoryStore::new());
    let config = Config::builder().service::<Vault>("vault").store(std::sync::Arc::clone(&store)).build().unwrap();
    let edit = by_ann().set("vault.password", WORD);
    config.set(&edit).unwrap();
    let shown = format!("{:?} {store:?} {edit:?}", store.load().unwrap());
    assert!(!shown.contains(WORD), "{shown}");
}

#[test]
fn mistakes_do_not_tell_secrets() {
    for toml in [
        "vault.pin = 77777".to_owned(),
        format!("vault.pin = '{WORD}'"),
        format!("vault.password = ['{WORD}']"),
        format!("vault.blabs = '{WORD}'"),
        format!("vault.keys = [{{ name = 'n', value = '{WORD}', extra = 1 }}]"),
        format!("vault.keys = [{{ name = 'n', value = {{ a = '{WORD}' }} }}]"),
        format!("vault.nested = '{WORD}'"),
        format!("vault.password = '{WORD}' '{WORD}'"),
        format!("vault.password = {WORD}"),
    ] {
        let text = vault(&toml).err().unwrap_or_else(|| panic!("{toml} is accepted"));
        assert!(!text.contains(WORD) && !text.contains("77777"), "{text}");
        let variable = toml.strip_prefix("vault.").unwrap().split_once(" = ").unwrap();
        let name = format!("CONSORT_VAULT__{}", variable.0.to_uppercase().replace('.', "__"));
        let built = Config::builder().service::<Vault>("vault").environment([(name, variable.1)]).build();
        let text = built.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!text.contains(WORD) && !text.contains("77777"), "{text}");
    }
}
