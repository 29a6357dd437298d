//! What schemars writes for Rust's types is understood.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::num::{NonZeroU8, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

use consort_config::Config;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::shop::by_ann;

/// One of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Zoo {
    #[serde(flatten)]
    numbers: Numbers,
    #[serde(flatten)]
    lists: Lists,
    wait: Duration,
    letter: char,
    path: PathBuf,
    address: Option<IpAddr>,
    ports: BTreeMap<u16, String>,
    outer: Option<Option<u8>>,
    either: Either,
    choice: Option<Choice>,
    any: serde_json::Value,
    unit: (),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Numbers {
    max_items: Percent,
    at_least: NonZeroU8,
    big: u64,
    small: i8,
    float: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<NonZeroU64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Lists {
    pair: (u8, String),
    set: BTreeSet<u8>,
    rules: Vec<Rule>,
    tree: Tree,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Percent(#[schemars(range(max = 100))] u8);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Rule {
    name: String,
    #[serde(default)]
    weight: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Tree {
    name: String,
    #[serde(default)]
    below: Vec<Tree>,
    #[serde(default)]
    next: Option<Box<Tree>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Choice {
    /// Documented, so schemars writes it apart.
    None,
    Some(u8),
    Both {
        a: u8,
        b: u8,
    },
}

impl Default for Zoo {
    fn default() -> Self {
        let numbers = Numbers {
            max_items: Percent(5),
            at_least: NonZeroU8::MIN,
            big: u64::MAX,
            small: -128,
            float: 0.25,
            absent: None,
        };
        let lists = Lists {
            pair: (1, "one".into()),
            set: BTreeSet::from([1, 2]),
            rules: vec![Rule::default()],
            tree: Tree::default(),
        };
        Self {
            numbers,
            lists,
            wait: Duration::from_millis(1500),
            letter: 'x',
            path: "/tmp".into(),
            address: None,
            ports: BTreeMap::from([(80, "http".into())]),
            outer: None,
            either: Either::Number(3),
            choice: None,
            any: serde_json::json!({ "deep": [1] }),
            unit: (),
        }
    }
}

fn zoo(toml: &str, variables: &[(&str, &str)]) -> Result<Zoo, String> {
    let built = Config::builder().service::<Zoo>("zoo").toml("z", toml).environment(variables.iter().copied()).build();
    built.map(|config| (*config.get::<Zoo>("zoo").unwrap()).clone()).map_err(|error| error.to_string())
}

#[test]
fn the_default_of_every_type_is_accepted_and_comes_back() {
    assert_eq!(zoo("", &[]), Ok(Zoo::default()));
}

#[test]
fn every_type_can_be_set_in_a_file() {
    let toml = r#"
[zoo]
max-items = 7
wait.secs = 2
at-least = 3
big = 18446744073709551615
small = 127
float = 1
letter = "é"
path = "/var"
address = "::1"
pair = [2, "two"]
set = [3]
ports = { 443 = "https" }
outer = 4
rules = [{ name = "a", weight = 0.5 }, { name = "b" }]
tree = { name = "r", below = [{ name = "c", below = [{ name = "d" }] }], next = { name = "n" } }
either = "text"
choice = { both = { a = 1, b = 2 } }
any = [1, "x"]
absent = 5
"#;
    let zoo = zoo(toml, &[]).unwrap();
    assert_eq!(
        (zoo.numbers.max_items, zoo.wait, zoo.numbers.big),
        (Percent(7), Duration::new(2, 500_000_000), u64::MAX)
    );
    assert_eq!((zoo.letter, zoo.lists.pair, zoo.outer), ('é', (2, "two".into()), Some(Some(4))));
    assert_eq!(zoo.ports.into_keys().collect::<Vec<_>>(), [80, 443]);
    assert_eq!((zoo.lists.rules.len(), zoo.lists.tree.below[0].below[0].name.as_str()), (2, "d"));
    assert_eq!((zoo.lists.tree.next.unwrap().name.as_str(), zoo.either), ("n", Either::Text("text".into())));
    assert_eq!(zoo.choice, Some(Choice::Both { a: 1, b: 2 }));
    assert_eq!(zoo.numbers.absent, NonZeroU64::new(5));
}

#[test]
fn every_type_can_be_set_by_a_variable() {
    let variables = [
        ("CONSORT_ZOO__MAX_ITEMS", "7"),
        ("CONSORT_ZOO__WAIT__SECS", "2"),
        ("CONSORT_ZOO__FLOAT", "1e1"),
        ("CONSORT_ZOO__LETTER", "7"),
        ("CONSORT_ZOO__ADDRESS", "10.0.0.1"),
        ("CONSORT_ZOO__PAIR", "[2, 'two']"),
        ("CONSORT_ZOO__PORTS__443", "https"),
        ("CONSORT_ZOO__OUTER", ""),
        ("CONSORT_ZOO__RULES", "[{ name = 'a' }]"),
        ("CONSORT_ZOO__EITHER", "12"),
        ("CONSORT_ZOO__CHOICE", "none"),
        ("CONSORT_ZOO__ABSENT", "5"),
        ("CONSORT_ZOO__TREE__NEXT__NAME", "n"),
    ];
    let zoo = zoo("", &variables).unwrap();
    assert_eq!((zoo.numbers.max_items, zoo.numbers.float, zoo.letter), (Percent(7), 10.0, '7'));
    assert_eq!(
        (zoo.address, zoo.either, zoo.choice),
        ("10.0.0.1".parse().ok(), Either::Number(12), Some(Choice::None))
    );
    assert_eq!((zoo.numbers.absent, zoo.lists.tree.next.unwrap().name), (NonZeroU64::new(5), "n".to_owned()));
}

#[test]
fn a_mistake_in_any_type_is_found() {
    for (toml, wanted) in [
        ("max-items = 101", "`zoo.max-items` wants an integer from 0 to 100, found 101"),
        ("max_items = 1", "`zoo.max_items` is unknown; did you mean `max-items`?"),
        ("at-least = 0", "`zoo.at-least` wants an integer from 1 to 255, found 0"),
        ("big = -1", "`zoo.big` wants an integer from 0 to 18446744073709551615, found -1"),
        ("small = -129", "`zoo.small` wants an integer from -128 to 127, found -129"),
        ("letter = 'ab'", "`zoo.letter` wants a text of 1 character, found the text \"ab\""),
        ("address = 'here'", "`zoo.address` is refused: invalid IP address syntax"),
        ("pair = [2]", "`zoo.pair` wants a list of 2 values, found a list"),
        ("pair = ['x', 'y']", "`zoo.pair.0` wants an integer from 0 to 255, found the text \"x\""),
        ("ports.http = 'x'", "`zoo.ports`"),
        ("rules = [{ nam = 'a' }]", "`zoo.rules.0.nam` is unknown; did you mean `name`?"),
        (
            "tree.below = [{ name = 'c', below = [{ name = 3 }] }]",
            "`zoo.tree.below.0.below.0.name` wants a text, found 3",
        ),
        ("either = 1.5", "`zoo.either` wants an integer from 0 to 255 or a text, found 1.5"),
        ("choice = 'nothing'", "`zoo.choice`"),
        ("choice = { both = { a = 1, c = 2 } }", "`zoo.choice.both.c` is unknown; the keys there are `a`, `b`"),
        ("flaot = 1", "`zoo.flaot` is unknown; did you mean `float`?"),
        ("absent = 0", "`zoo.absent` wants an integer from 1 to 18446744073709551615 or nothing, found 0"),
        ("wait = 3", "`zoo.wait` wants a table, found 3"),
    ] {
        let error = zoo(&format!("[zoo]\n{toml}"), &[]).unwrap_err();
        assert!(error.starts_with(&format!("z:2: {wanted}")), "{toml}: {error}");
    }
}

#[test]
fn a_value_that_no_layer_has_can_be_set_and_cleared() {
    let config = Config::builder().service::<Zoo>("zoo").build().unwrap();
    assert_eq!(config.explain("zoo.absent").unwrap().to_string(), "zoo.absent = null (default)");
    config.set(&by_ann().set("zoo.absent", 3)).unwrap();
    config.refresh("zoo").unwrap();
    config.set(&by_ann().clear("zoo.absent")).unwrap();
    assert_eq!(config.refresh("zoo").unwrap().len(), 1);
    assert_eq!(config.get::<Zoo>("zoo").unwrap().numbers.absent, None);
}
