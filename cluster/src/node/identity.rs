//! Who a node is: drawn at random, or kept beside its data.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use consort_protocol::cluster::{Generation, Life, NodeId};

/// The file in the data directory: the node's id, and the generation of its last life.
const FILE: &str = "node";

/// A node does not know who it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    /// Its file cannot be read or written.
    #[error("{}: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Its file says something else.
    #[error(
        "{} holds {found:?}, and not the id and generation of a node, as in `00000000000000ab 3`; \
         restore it, or start with an empty data directory: the node is a new one then",
        file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Its beginning.
        found: String,
    },
}

/// The next life of the node whose data is there, or the first one of a new node. Who has no data directory is a new
/// node each time.
pub(crate) fn next_life(data: Option<&Path>) -> Result<Life, IdentityError> {
    let Some(data) = data else { return Ok(new_life()) };
    let file = data.join(FILE);
    let at = |error| IdentityError::File { file: file.clone(), error };
    std::fs::create_dir_all(data).map_err(at)?;
    let life = match std::fs::read_to_string(&file) {
        Ok(text) => {
            let last = read(&text)
                .ok_or_else(|| IdentityError::Damaged { file: file.clone(), found: text.chars().take(40).collect() })?;
            Life { id: last.id, generation: Generation(last.generation.0 + 1) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Life { generation: Generation(1), ..new_life() },
        Err(error) => return Err(at(error)),
    };
    write(&file, life).map_err(at)?;
    Ok(life)
}

/// The first life of a new node. Its generation is the time of its start, which is never compared with another node's.
fn new_life() -> Life {
    // the standard library's hasher is keyed at random
    let drawn = || NodeId::new(RandomState::new().hash_one(std::process::id()));
    let id = loop {
        if let Some(id) = drawn() {
            break id;
        }
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Life { id, generation: Generation(since.as_secs()) }
}

fn read(text: &str) -> Option<Life> {
    let (id, generation) = text.trim_end().split_once(' ')?;
    Some(Life { id: id.parse().ok()?, generation: Generation(generation.parse().ok()?) })
}

/// In one step: a node that is killed meanwhile finds the old file or the new one.
fn write(file: &Path, life: Life) -> io::Result<()> {
    let beside = file.with_extension("new");
    std::fs::write(&beside, format!("{} {}\n", life.id, life.generation))?;
    std::fs::File::open(&beside)?.sync_all()?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_data_is_another_one_each_time() {
        assert_ne!(next_life(None).unwrap().id, next_life(None).unwrap().id);
    }

    #[test]
    fn a_node_with_data_stays_who_it_is_and_counts_its_lives() {
        let data = tempfile::tempdir().unwrap();
        let lives = [(); 3].map(|()| next_life(Some(data.path())).unwrap());
        assert!(lives.iter().all(|life| life.id == lives[0].id));
        assert_eq!(lives.map(|life| life.generation.0), [1, 2, 3]);
    }

    #[test]
    fn a_damaged_file_is_refused_with_the_cure_and_not_replaced() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join(FILE), "what").unwrap();
        let error = next_life(Some(data.path())).unwrap_err().to_string();
        assert!(error.contains("\"what\"") && error.contains("restore it"), "{error}");
        assert_eq!(std::fs::read_to_string(data.path().join(FILE)).unwrap(), "what");
    }
}
