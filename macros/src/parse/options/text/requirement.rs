//! Services that others need: a name, and a range of versions.

use crate::parse::options::text::name;
use semver::VersionReq;

/// The name in a requirement such as `inventory ^1.2`, whose range is checked too. No range means any version.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn name(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("names no service; write its name and a range of versions, such as `inventory ^1.2`".into());
    }
    let (name, range) = text.split_once(char::is_whitespace).unwrap_or((text, "*"));
    if let Some(at) = name.find(is_operator) {
        let (name, range) = (&name[..at], text[at..].trim_start_matches('@').trim());
        let name = if name.is_empty() { "inventory" } else { name };
        return Err(format!("needs a name, a space and a range of versions; write it as `{name} {range}`"));
    }
    name::check(name).map_err(|why| format!("names no service: `{name}` {why}"))?;
    match VersionReq::parse(range.trim()) {
        Ok(_) => Ok(name),
        Err(why) => Err(format!(
            "has no range of versions after its name ({why}); write one as in `Cargo.toml`, such as `{name} ^1.2`"
        )),
    }
}

/// Whether a letter can only belong to a range.
fn is_operator(letter: char) -> bool {
    matches!(letter, '^' | '~' | '=' | '<' | '>' | '*' | '@')
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_may_have_a_range_in_cargos_notation() {
        for text in ["inventory", "inventory ^1.2", " inventory  >=1.2, <1.9 ", "inventory 1", "inventory *"] {
            assert_eq!(name(text), Ok("inventory"), "{text}");
        }
        assert_eq!(name("billing.invoice ~2"), Ok("billing.invoice"));
    }

    #[test]
    fn each_mistake_is_named_with_its_cure() {
        for (text, part) in [
            ("", "names no service"),
            ("Inventory ^1.2", "such as `inventory`"),
            ("inventory^1.2", "`inventory ^1.2`"),
            ("inventory@1.2", "`inventory 1.2`"),
            (">=1.2, <2", "`inventory >=1.2, <2`"),
            ("^1.2", "`inventory ^1.2`"),
            ("inventory one", "such as `inventory ^1.2`"),
            ("inventory ^1.2 ^1.3", "such as `inventory ^1.2`"),
        ] {
            assert!(name(text).is_err_and(|why| why.contains(part)), "{text}: {:?}", name(text));
        }
    }
}
