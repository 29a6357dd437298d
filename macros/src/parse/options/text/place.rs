//! Places: `colocate(tenant)`, `spread`, `group(tenant, 4)`.

use crate::ir::{Key, Place};
use crate::parse::options::nearest::{correction, listed};

/// The ways to place keys.
const WAYS: [&str; 3] = ["colocate", "spread", "group"];

/// Nodes of a group; a slot table has room for so many different ones.
const MOST_NODES: u16 = 4096;

/// Reads where the actors of `key` live.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn read(text: &str, key: &Key) -> Result<Place, String> {
    let (way, given) = parts(text.trim())?;
    match (way, &given[..]) {
        ("spread", []) => Ok(Place::Spread),
        ("spread", _) => Err("takes nothing: write `spread`".into()),
        ("colocate", [segment]) => Ok(Place::Colocate { holes: holes_up_to(segment, key)? }),
        ("colocate", _) => Err(format!("takes one segment: write `colocate({})`", key.names[0])),
        ("group", [segment, nodes]) => group(segment, nodes, key),
        ("group", _) => Err(format!("takes a segment and a number of nodes: write `group({}, 4)`", key.names[0])),
        _ => Err(format!("is no way to place keys{}", correction(way, &WAYS))),
    }
}

/// The word, and what stands in its parentheses.
fn parts(text: &str) -> Result<(&str, Vec<&str>), String> {
    let Some((way, rest)) = text.split_once('(') else { return Ok((text, Vec::new())) };
    let inner = rest.strip_suffix(')').ok_or_else(|| format!("has no `)` at its end; write `{text})`"))?;
    Ok((way.trim(), inner.split(',').map(str::trim).collect()))
}

fn group(segment: &str, nodes: &str, key: &Key) -> Result<Place, String> {
    let holes = holes_up_to(segment, key)?;
    if holes == key.names.len() {
        return Err(format!(
            "leaves nothing to choose a node of the group by, as `{segment}` is the last; write `spread`"
        ));
    }
    match nodes.parse() {
        Ok(nodes @ 2..=MOST_NODES) => Ok(Place::Group { holes, nodes }),
        Ok(1) => Err(format!("has a group of one node; write `colocate({segment})`")),
        _ => Err(format!("has a group of `{nodes}` nodes; write a number from 2 to {MOST_NODES}")),
    }
}

/// How many holes there are up to and with the one of this name.
fn holes_up_to(segment: &str, key: &Key) -> Result<usize, String> {
    let names: Vec<&str> = key.names.iter().map(String::as_str).collect();
    match names.iter().position(|name| *name == segment) {
        Some(at) => Ok(at + 1),
        None if segment.is_empty() => Err(format!("names no segment; its segments are {}", listed(&names))),
        None => {
            Err(format!("names the segment `{segment}`, which the key does not have{}", correction(segment, &names)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Place, read};
    use crate::parse::options::text::template;

    fn key() -> Key {
        template::read("/tenant/{tenant}/order/{id: u64}").expect("a good template")
    }

    #[test]
    fn each_way_is_read() {
        for (text, place) in [
            ("spread", Place::Spread),
            ("colocate(tenant)", Place::Colocate { holes: 1 }),
            (" colocate( id ) ", Place::Colocate { holes: 2 }),
            ("group(tenant, 4)", Place::Group { holes: 1, nodes: 4 }),
            ("group(tenant,4096)", Place::Group { holes: 1, nodes: 4096 }),
        ] {
            assert_eq!(read(text, &key()), Ok(place), "{text}");
        }
    }

    #[test]
    fn each_mistake_is_named_with_its_cure() {
        for (text, part) in [
            ("", "is no way to place keys"),
            ("colocat(tenant)", "did you mean `colocate`"),
            ("colocate", "write `colocate(tenant)`"),
            ("colocate()", "names no segment"),
            ("colocate(tenat)", "did you mean `tenant`"),
            ("colocate(tenant", "no `)`"),
            ("spread(tenant)", "write `spread`"),
            ("group(tenant)", "write `group(tenant, 4)`"),
            ("group(tenant, 1)", "write `colocate(tenant)`"),
            ("group(tenant, 0)", "from 2 to 4096"),
            ("group(tenant, many)", "from 2 to 4096"),
            ("group(id, 4)", "write `spread`"),
        ] {
            let wrong = read(text, &key()).expect_err(text);
            assert!(wrong.contains(part), "{text}: {wrong}");
        }
    }
}
