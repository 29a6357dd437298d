//! The file, before there is a database in it.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Opens a file, or makes an empty one that only its owner can read.
pub(super) fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a new file beside the path and then gives it its name, so that one that has its name is whole: a crash on the
/// way leaves nothing that looks like a damaged file. `whole` fills it.
pub(super) fn make<E: From<Error>>(path: &Path, whole: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{}.new", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let unfinished = path.with_file_name(name);
    // A link and not a rename: if somebody else was faster, theirs stays. Some file systems have no links.
    let named = whole(&unfinished).and_then(|()| match std::fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Ok(std::fs::rename(&unfinished, path)?),
        Ok(()) | Err(_) => Ok(()),
    });
    // It has its name, or is of no use; that it cannot be removed harms nobody.
    let _ = std::fs::remove_file(&unfinished);
    named?;
    Ok(sync_folder(path)?)
}

/// Writes the name of a new file to disk: what is synced later is of no use without it.
fn sync_folder(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
