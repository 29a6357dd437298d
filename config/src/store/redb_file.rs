//! The file of a store, before there is a store in it.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::store::StoreError;

/// Opens a file, or makes an empty one that only its owner can read.
pub(crate) fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a new store beside the path and then gives it its name, so that a store that has a name is whole: redb does
/// not go on with a file whose making was interrupted. `whole` fills the empty file.
pub(crate) fn make(path: &Path, whole: impl FnOnce(File, &Path) -> Result<(), StoreError>) -> Result<(), StoreError> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let io = |error: std::io::Error| StoreError::from(error);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{}.new", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let unfinished = path.with_file_name(name);
    let made = open(&unfinished).map_err(io).and_then(|file| {
        file.set_len(0).map_err(io)?;
        whole(file, &unfinished)
    });
    // A link and not a rename: if somebody else was faster, theirs stays. Some file systems have no links.
    let named = made.and_then(|()| match std::fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => std::fs::rename(&unfinished, path).map_err(io),
        Ok(()) | Err(_) => Ok(()),
    });
    // It has its name, or is of no use; that it cannot be removed harms nobody.
    let _ = std::fs::remove_file(&unfinished);
    named.and_then(|()| sync_folder(path).map_err(io))
}

/// Writes the name of a new file to disk: what is synced later is of no use without it.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
