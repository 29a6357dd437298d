//! The arguments of a call, written down by name.

use std::io;

use super::Wire;

/// The arguments of one call as the text of a JSON object: what [`Arguments`](super::Arguments) reads back.
///
/// It never grows beyond its limit, whatever it is given.
#[derive(Debug)]
pub struct Written {
    text: Bounded,
    failed: Option<NotWritten>,
}

/// Why arguments could not be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// Their text is longer than the limit.
    TooLarge,
    /// One of them is not JSON: a map with keys that are no strings, for example.
    NotJson,
}

impl Written {
    /// Nothing yet, and `limit` bytes of text at most.
    pub(crate) fn new(limit: usize) -> Self {
        Written { text: Bounded { text: vec![b'{'], limit, met: false }, failed: None }
    }

    /// Appends the argument `name`. After a failure it does nothing.
    pub fn put<T: Wire>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_none() {
            self.failed = self.append(name, value).err();
        }
    }

    fn append<T: Wire>(&mut self, name: &'static str, value: &T) -> Result<(), NotWritten> {
        if self.text.text.len() > 1 {
            self.text.text.push(b',');
        }
        let written = serde_json::to_writer(&mut self.text, name).and_then(|()| {
            self.text.text.push(b':');
            serde_json::to_writer(&mut self.text, value)
        });
        written.map_err(|_| if self.text.met { NotWritten::TooLarge } else { NotWritten::NotJson })
    }

    /// The text.
    ///
    /// # Errors
    /// What was too large, or no JSON.
    pub(crate) fn finish(mut self) -> Result<Box<str>, NotWritten> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        self.text.text.push(b'}');
        if self.text.text.len() > self.text.limit {
            return Err(NotWritten::TooLarge);
        }
        // serde_json writes UTF-8
        String::from_utf8(self.text.text).map(String::into_boxed_str).map_err(|_| NotWritten::NotJson)
    }
}

/// Takes no more than its limit.
#[derive(Debug)]
struct Bounded {
    text: Vec<u8>,
    limit: usize,
    /// The limit was met.
    met: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > self.limit {
            self.met = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{NotWritten, Written};
    use crate::wire::Arguments;
    use std::collections::BTreeMap;

    fn written(limit: usize, by: i64, note: &str) -> Result<Box<str>, NotWritten> {
        let mut written = Written::new(limit);
        written.put("by", &by);
        written.put("note", &Some(note.to_owned()));
        written.finish()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = written(64, 3, "a \"b\"").unwrap();
        assert_eq!(&*text, r#"{"by":3,"note":"a \"b\""}"#);
        let mut read = Arguments::new("add", &["by", "note"], serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!((read.take("by"), read.take("note")), (Ok(3), Ok(Some("a \"b\"".to_owned()))));
        assert_eq!(&*Written::new(2).finish().unwrap(), "{}");
    }

    #[test]
    fn the_limit_is_exact() {
        let length = r#"{"by":3,"note":"abc"}"#.len();
        assert!(written(length, 3, "abc").is_ok());
        assert_eq!(written(length - 1, 3, "abc"), Err(NotWritten::TooLarge));
        assert_eq!(written(4, 3, "abc"), Err(NotWritten::TooLarge));
    }

    #[test]
    fn what_json_has_no_words_for_is_refused() {
        let mut written = Written::new(1024);
        written.put("by", &BTreeMap::from([((1, 2), 3)]));
        written.put("note", &1);
        assert_eq!(written.finish(), Err(NotWritten::NotJson));
    }
}
