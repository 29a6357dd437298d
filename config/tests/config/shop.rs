//! Two services and their configuration.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use consort_config::{Builder, Config, Edit, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cart {
    /// Hot.
    #[schemars(range(min = 1, max = 1000), extend("x-hot" = true))]
    pub limit: u32,
    pub ratio: f64,
    pub open: bool,
    pub hosts: Vec<String>,
    pub mode: Mode,
    /// Hot as a whole.
    #[schemars(extend("x-hot" = true))]
    pub rates: BTreeMap<String, u8>,
    pub mail: Mail,
    pub backup: Option<Mail>,
    pub store: Backend,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Quiet,
    Loud,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mail {
    pub host: String,
    #[schemars(extend("x-hot" = true))]
    pub port: u16,
    #[serde(default)]
    pub password: Secret<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Backend {
    #[default]
    Memory,
    Redis {
        url: String,
        db: u8,
    },
}

impl Default for Cart {
    fn default() -> Self {
        Self {
            limit: 20,
            ratio: 0.5,
            open: true,
            hosts: vec!["a".into()],
            mode: Mode::Quiet,
            rates: BTreeMap::from([("eu".into(), 19)]),
            mail: Mail { host: "localhost".into(), port: 25, password: Secret::default() },
            backup: None,
            store: Backend::Memory,
            note: None,
        }
    }
}

/// A type with a rule over two fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Plain")]
pub struct Window {
    #[schemars(extend("x-hot" = true))]
    pub low: u32,
    pub high: u32,
}

#[derive(Deserialize, JsonSchema)]
pub struct Plain {
    #[schemars(extend("x-hot" = true))]
    low: u32,
    high: u32,
}

impl TryFrom<Plain> for Window {
    type Error = String;

    fn try_from(Plain { low, high }: Plain) -> Result<Self, String> {
        if low <= high { Ok(Self { low, high }) } else { Err(format!("low is {low}, which is above high, {high}")) }
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { low: 1, high: 10 }
    }
}

pub fn builder() -> Builder {
    Config::builder().service::<Cart>("cart").service::<Window>("window")
}

pub fn config() -> Config {
    builder().build().expect("the defaults are accepted")
}

/// The mistakes in a file and in variables, without the first line, which counts them.
pub fn mistakes(toml: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let built = builder().toml("shop.toml", toml).environment(variables.iter().copied()).build();
    let text = built.err().expect("there is a mistake").to_string();
    let lines: Vec<_> = text.lines().map(str::trim).map(str::to_owned).collect();
    if lines.len() == 1 { lines } else { lines[1..].to_vec() }
}

pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

pub fn by_ann() -> Edit {
    Edit::by("ann", now())
}

pub fn cart(config: &Config) -> Cart {
    (*config.get::<Cart>("cart").expect("it is registered")).clone()
}
