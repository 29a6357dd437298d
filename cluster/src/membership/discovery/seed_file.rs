use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use consort_protocol::cluster::members::Address;
use tokio::io::AsyncReadExt;

use super::resolve::resolve_all;
use super::seed_list::{at_most, seed_at};
use super::{BadSeed, Discovering, Discovery, DiscoveryError, Resolve, SystemResolver};

/// How large a file of seeds may be: 256 entries of full length. What is larger is another file.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// A file of seeds: one a line, `#` begins a comment, empty lines are left out. It is read for every try, so whoever
/// changes it needs not restart the node; it may be missing at first.
#[derive(Clone)]
pub struct SeedFile {
    path: PathBuf,
    resolver: Arc<dyn Resolve>,
}

impl SeedFile {
    /// The file at this path. It is not read yet.
    pub fn new(path: impl AsRef<Path>) -> Self {
        SeedFile { path: path.as_ref().to_owned(), resolver: Arc::new(SystemResolver) }
    }

    /// Resolves names in another way.
    pub fn resolver(mut self, resolver: impl Resolve) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    async fn read(&self) -> Result<Vec<Address>, DiscoveryError> {
        let mut text = String::new();
        // One byte more shows that there is more.
        tokio::fs::File::open(&self.path).await?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).await?;
        if text.len() as u64 > FILE_BYTES_MAX {
            let why = format!("it is larger than {FILE_BYTES_MAX} bytes, which no file of seeds is");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why).into());
        }
        Ok(entries(&text)?)
    }
}

impl fmt::Debug for SeedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeedFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Discovery for SeedFile {
    fn name(&self) -> String {
        format!("the file {}", self.path.display())
    }

    fn discover(&self) -> Discovering<'_> {
        Box::pin(async move { Ok(resolve_all(&self.read().await?, &self.resolver).await) })
    }
}

fn entries(text: &str) -> Result<Vec<Address>, BadSeed> {
    let line = |(index, line): (usize, &'_ str)| {
        let entry = line.split_once('#').map_or(line, |(entry, _)| entry).trim();
        (!entry.is_empty()).then(|| seed_at(index + 1, entry))
    };
    let entries = text.lines().enumerate().filter_map(line).collect::<Result<Vec<_>, _>>()?;
    at_most(entries.len())?;
    Ok(entries)
}
