//! A redb database in a file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

use crate::{Fault, make, open};

/// What stands in a file.
pub struct Layout {
    /// Of `format`, and of whatever else there is one of.
    pub meta: TableDefinition<'static, &'static str, u64>,
    /// The format of the tables. A file of another one is not touched.
    pub format: u64,
    /// Bytes of pages kept in memory; redb's own default of 1 GiB is for databases.
    pub cache_bytes: usize,
    /// Makes the other tables of a new file.
    pub tables: fn(&WriteTransaction) -> Result<(), redb::Error>,
}

/// Opens a file, or makes a new one. Blocks: it reads the whole file, and after a crash it also repairs.
///
/// # Errors
///
/// If it is in use, is something else, is damaged, or cannot be opened. A file of somebody else is not changed.
pub fn database(path: &Path, layout: &Layout) -> Result<Database, Fault> {
    if !path.try_exists()? {
        make(path, |unfinished| within(open(unfinished)?, layout).map(drop))?;
    }
    within(open(path)?, layout)
}

fn within(file: File, layout: &Layout) -> Result<Database, Fault> {
    guarded(|| {
        let mut database = redb::Builder::new().set_cache_size(layout.cache_bytes).create_file(file)?;
        // redb compares checksums only when it repairs
        let whole = database.check_integrity()?;
        prepare(&database, layout)?;
        let repaired = "it was repaired, and the newest change may be lost; open it again to go on";
        if whole { Ok(database) } else { Err(Fault::contradiction(repaired)) }
    })
}

/// Makes the tables of a new file; refuses a file of somebody else.
fn prepare(database: &Database, layout: &Layout) -> Result<(), Fault> {
    let transaction = database.begin_write().map_err(redb::Error::from)?;
    let is_new = transaction.list_tables().map_err(redb::Error::from)?.next().is_none();
    {
        let mut meta = transaction.open_table(layout.meta).map_err(redb::Error::from)?;
        let format = meta.get("format").map_err(redb::Error::from)?.map(|format| format.value());
        match format {
            Some(known) if known == layout.format => return Ok(()),
            Some(other) => {
                let known = layout.format;
                return Err(Fault::Foreign(format!("its format is {other}, this version reads {known}")));
            }
            None if !is_new => return Err(Fault::Foreign("it is a redb database with other tables".to_owned())),
            None => drop(meta.insert("format", layout.format).map_err(redb::Error::from)?),
        }
    }
    (layout.tables)(&transaction)?;
    Ok(transaction.commit().map_err(redb::Error::from)?)
}

/// redb trusts what it reads, and panics where a damaged file contradicts itself.
///
/// # Errors
///
/// What `work` says; [`Fault::Corrupt`] for a panic.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    // Nothing is left half done: what was not committed is gone when the file is opened again.
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(Fault::contradiction("its parts contradict each other")))
}
