//! The services that a service needs or can use: `depends`, `lost`.

use crate::ir::{Need, Needs};
use crate::parse::error::Errors;
use crate::parse::options::list::{self, Given};
use crate::parse::options::nearest::correction;
use crate::parse::options::service::{Options, checked};
use crate::parse::options::text::requirement;
use syn::{Error, LitStr, Result};

/// How strongly another service is needed.
const STRENGTHS: [&str; 2] = ["hard", "soft"];

/// What becomes of the service while a hard one is missing.
const FATES: [&str; 2] = ["stop", "degrade"];

/// Reads what the service called `own` needs. What could not be read is left out.
pub fn read(options: &Options, own: &str, errors: &mut Errors) -> Needs {
    let example = "hard = \"inventory ^1.2\", soft = \"mailer\"";
    let list = options.value("depends", |option| option.list(example), errors);
    let given = list.map(|tokens| list::read_all(tokens, "depends(…)", &STRENGTHS, errors)).unwrap_or_default();
    let mut names = vec![own.to_owned()];
    let mut needs = Needs::default();
    for entry in &given {
        needs.on.extend(errors.check(need(entry, &mut names)));
    }
    needs.degrades = options.value("lost", degrades, errors).unwrap_or(false);
    // An entry that is wrong may well be meant as a hard one: then one error is enough.
    if let (Some(option), false) = (options.find("lost"), given.iter().any(is_hard)) {
        let message = "`lost` says what happens while a hard dependency is missing, and there is none; \
                       add one, such as `depends(hard = \"inventory ^1.2\")`, or remove `lost`";
        errors.at(&option.name, message);
    }
    needs
}

fn is_hard(entry: &Given) -> bool {
    entry.name == "hard"
}

/// Reads one entry. `names` has the service's own name first, then those of the entries before.
fn need(entry: &Given, names: &mut Vec<String>) -> Result<Need> {
    let text: LitStr = entry.text("inventory ^1.2")?;
    let name = checked(text.clone(), |text| requirement::name(text).map(str::to_owned))?;
    let refuse = |why: &str| Err(Error::new_spanned(&text, format!("`{name}` {why}")));
    match names.iter().position(|other| *other == name) {
        None => {
            names.push(name);
            Ok(Need { text: text.value().trim().to_owned(), hard: is_hard(entry) })
        }
        Some(0) => refuse("is this service itself, which cannot be up before it is; remove the entry"),
        Some(_) => refuse("is there twice; keep one, with all that is asked of its version, such as `>=1.2, <1.9`"),
    }
}

fn degrades(option: &Given) -> Result<bool> {
    checked(option.text("degrade")?, |text| match text {
        "degrade" => Ok(true),
        "stop" => Ok(false),
        other => Err(format!("is not what a service can do without a dependency{}", correction(other, &FATES))),
    })
}
