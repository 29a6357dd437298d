//! No input panics, and none is half applied.

use consort_config::{Config, Edit};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::shop::{Cart, builder, cart, config, now};

/// Keys that are right, nearly right, and wrong.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "cart", "limit", "ratio", "open", "hosts", "mode", "rates", "mail", "backup", "store", "note", "host",
            "port", "password", "type", "url", "db", "window", "low", "high", "eu", "limt",
        ])
        .prop_map(str::to_owned),
        1 => "[a-z_.\"\\[\\] -]{0,6}",
        1 => ".{0,4}",
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..1005).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["quiet", "loud", "redis", "memory", "", "true", "[1]", "1"]).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(key(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// TOML that is nearly right.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        (key(), scalar()).prop_map(|(key, value)| format!("{key} = {value}")),
        (key(), key(), value()).prop_map(|(one, two, value)| format!("{one}.{two} = {value}")),
        (key(), key()).prop_map(|(one, two)| format!("[{one}.{two}]")),
        key().prop_map(|key| format!("[{key}]")),
        key().prop_map(|key| format!("[[{key}]]")),
        ".{0,20}",
    ];
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

/// Whatever is in force is accepted by the types, and every value of it can be explained.
fn is_sound(config: &Config) {
    let (seen, listed) = (cart(config), config.list("cart").unwrap());
    assert!((1..=1000).contains(&seen.limit));
    for explained in listed {
        assert_eq!(config.explain(&explained.path.to_string()).unwrap(), explained);
    }
    assert!(serde_json::to_value(&seen).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_a_configuration_or_an_error(text in prop_oneof![lines(), ".{0,200}"]) {
        match builder().toml("any", text).build() {
            Ok(config) => is_sound(&config),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn any_variables_are_a_configuration_or_an_error(
        variables in prop::collection::vec((prop::collection::vec(key(), 1..4), scalar()), 0..5)
    ) {
        let variables = variables.into_iter().map(|(keys, value)| {
            let text = value.as_str().map_or(value.to_string(), str::to_owned);
            (format!("CONSORT_{}", keys.join("__")).to_uppercase(), text)
        });
        match builder().environment(variables).build() {
            Ok(config) => is_sound(&config),
            Err(error) => prop_assert!(error.to_string().contains("CONSORT_")),
        }
    }

    #[test]
    fn any_changes_are_made_wholly_or_not_at_all(
        edits in prop::collection::vec(
            prop::collection::vec((prop::collection::vec(key(), 1..4), prop::option::of(value()), any::<bool>()), 1..4),
            1..6,
        )
    ) {
        let config = config();
        let mut seen = vec![config.list("cart").unwrap()];
        for steps in edits {
            let edit = steps.into_iter().fold(Edit::by("any", now()), |edit, (keys, value, typed)| {
                let path = if typed { keys.join(".") } else { format!("cart.{}", keys.join(".")) };
                match value {
                    Some(value) => edit.set(&path, value),
                    None if typed => edit.clear(&path),
                    None => edit.set_text(&path, "7"),
                }
            });
            let before = (config.list("cart").unwrap(), config.revision(), cart(&config));
            match config.set(&edit) {
                Ok(applied) if applied.changed.is_empty() => prop_assert_eq!(config.revision(), before.1),
                Ok(applied) => {
                    prop_assert_eq!(applied.revision, before.1 + 1);
                    seen.push(config.list("cart").unwrap());
                }
                Err(_) => prop_assert_eq!((config.list("cart").unwrap(), config.revision(), cart(&config)), before),
            }
            is_sound(&config);
        }
        // Every revision can be restored, and restores its values.
        for (revision, values) in seen.iter().enumerate().rev() {
            config.roll_back(revision as u64, "any", now(), None).unwrap();
            let restored = config.list("cart").unwrap();
            let plain = |list: &[consort_config::Explained]| -> Vec<_> {
                list.iter().map(|it| (it.path.clone(), it.value.clone())).collect()
            };
            prop_assert_eq!(plain(&restored), plain(values));
        }
        config.refresh("cart").unwrap();
        prop_assert_eq!(cart(&config), Cart::default());
    }
}

#[test]
fn deep_and_long_texts_are_errors() {
    let dotted = format!("cart.{} = 1", vec!["a"; 100_000].join("."));
    let nested = format!("cart.hosts = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let tables = format!("cart.hosts = {}1{}", "{a = ".repeat(70), "}".repeat(70));
    let both = format!("cart.mail = {}1{}", format!("{{{} = ", vec!["a"; 70].join(".")).repeat(70), "}".repeat(70));
    let lists = format!("cart.hosts = {}{}", "[".repeat(33), "]".repeat(33));
    for text in [dotted, nested, tables, both, lists] {
        assert!(builder().toml("deep", text.clone()).build().is_err());
        let value = text.split_once(" = ").unwrap().1.to_owned();
        assert!(builder().environment([("CONSORT_CART__HOSTS", value)]).build().is_err());
    }
    let many = (0..60_000).fold("[cart.rates]\n".to_owned(), |text, key| text + &format!("k{key} = 1\n"));
    assert_eq!(cart(&builder().toml("many", many).build().unwrap()).rates.len(), 60_001);
}
