//! A file, before there is a database in it.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Opens a file, or makes an empty one that only its owner can read.
///
/// # Errors
///
/// What the operating system says.
pub fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a new file beside the path and then gives it its name, so that one that has its name is whole: redb does not go
/// on with a file whose making was interrupted. `whole` fills it.
///
/// # Errors
///
/// What `whole` says, or the operating system. Nothing has the name then, or a whole file of somebody who was faster.
pub fn make<E: From<Error>>(path: &Path, whole: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{}.new", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let unfinished = path.with_file_name(name);
    // of a process that had this number before and was killed here
    let _ = std::fs::remove_file(&unfinished);
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

#[cfg(test)]
mod tests {
    use super::{Error, make};

    #[test]
    fn a_file_whose_making_fails_has_no_name_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it");
        let failed = make(&path, |unfinished| {
            std::fs::write(unfinished, "half")?;
            Err(Error::other("no more room"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more room");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn of_two_who_make_a_file_the_first_ones_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it");
        let made: Result<(), Error> = make(&path, |unfinished| {
            std::fs::write(&path, "the first")?;
            std::fs::write(unfinished, "the second")
        });
        made.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "the first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
    }
}
