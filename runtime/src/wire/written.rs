//! The arguments of a call, written down by name.

use std::io;

use bytes::Bytes;

use super::{Wire, packed};

/// The arguments of one call on their way into one of the forms that [`Arguments`](super::Arguments) reads back.
#[derive(Debug)]
pub enum Written<'a> {
    /// The text of a JSON object.
    Text(&'a mut Text),
    /// A msgpack map.
    Packed(&'a mut Packed),
}

impl Written<'_> {
    /// Appends the argument `name`. After a failure it does nothing.
    pub fn put<T: Wire>(&mut self, name: &'static str, value: &T) {
        match self {
            Self::Text(text) => text.put(name, value),
            Self::Packed(packed) => packed.put(name, value),
        }
    }
}

/// Arguments as msgpack.
#[derive(Debug)]
pub struct Packed {
    bytes: Vec<u8>,
    failed: Option<NotPacked>,
}

/// Why arguments could not be packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPacked {
    /// The argument.
    pub argument: &'static str,
    /// What its `Serialize` says.
    pub reason: Box<str>,
}

impl Packed {
    /// All that `write` puts, which is `count` arguments.
    ///
    /// # Errors
    /// The first that could not be written.
    pub(crate) fn collect(count: usize, write: impl FnOnce(&mut Written<'_>)) -> Result<Bytes, NotPacked> {
        packed::collect(|bytes| {
            let mut packed = Packed { bytes: std::mem::take(bytes), failed: None };
            packed.begin(count);
            write(&mut Written::Packed(&mut packed));
            *bytes = packed.bytes;
            packed.failed.map_or(Ok(()), Err)
        })
    }

    fn begin(&mut self, count: usize) {
        match u16::try_from(count) {
            Ok(count @ 0..16) => self.bytes.push(0x80 | count as u8),
            // the language has no room for so many
            Ok(_) | Err(_) => {
                self.bytes.push(0xdf);
                self.bytes.extend_from_slice(&(count as u32).to_be_bytes());
            }
        }
    }

    fn put<T: Wire>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_none() {
            let put = packed::append(&mut self.bytes, &name).and_then(|()| packed::append(&mut self.bytes, value));
            self.failed = put.err().map(|reason| NotPacked { argument: name, reason });
        }
    }
}

/// Arguments as the text of a JSON object. It never grows beyond its limit, whatever it is given.
#[derive(Debug)]
pub struct Text {
    text: Bounded,
    failed: Option<NotWritten>,
}

/// Why arguments could not be written down as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// Their text is longer than the limit.
    TooLarge,
    /// One of them is not JSON: a map with keys that are no strings, for example.
    NotJson,
}

impl Text {
    /// Nothing yet, and `limit` bytes of text at most.
    pub(crate) fn new(limit: usize) -> Self {
        Text { text: Bounded { text: vec![b'{'], limit, met: false }, failed: None }
    }

    fn put<T: Wire>(&mut self, name: &'static str, value: &T) {
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
    use super::{NotWritten, Packed, Text, Written};
    use crate::wire::Arguments;
    use std::collections::BTreeMap;

    /// Encodes as generated code does.
    fn put(written: &mut Written<'_>, by: i64, note: &str) {
        written.put("by", &by);
        written.put("note", &Some(note.to_owned()));
    }

    fn written(limit: usize, by: i64, note: &str) -> Result<Box<str>, NotWritten> {
        let mut text = Text::new(limit);
        put(&mut Written::Text(&mut text), by, note);
        text.finish()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = written(64, 3, "a \"b\"").unwrap();
        assert_eq!(&*text, r#"{"by":3,"note":"a \"b\""}"#);
        let mut read = Arguments::new("add", &["by", "note"], serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!((read.take("by"), read.take("note")), (Ok(3), Ok(Some("a \"b\"".to_owned()))));
        assert_eq!(&*Text::new(2).finish().unwrap(), "{}");
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
        let mut text = Text::new(1024);
        text.put("by", &BTreeMap::from([((1, 2), 3)]));
        text.put("note", &1);
        assert_eq!(text.finish(), Err(NotWritten::NotJson));
    }

    #[test]
    fn packed_arguments_are_a_map_by_name() {
        let bytes = Packed::collect(2, |written| put(written, 3, "x")).unwrap();
        assert_eq!(*bytes, *b"\x82\xa2by\x03\xa4note\xa1x");
        let mut read = Arguments::packed("add", &["by", "note"], &bytes).unwrap();
        assert_eq!((read.take("by"), read.take("note")), (Ok(3), Ok(Some("x".to_owned()))));
        assert_eq!(*Packed::collect(0, |_| {}).unwrap(), [0x80]);
        assert_eq!(Packed::collect(16, |_| {}).unwrap()[..5], [0xdf, 0, 0, 0, 16]);
    }

    #[test]
    fn the_first_argument_that_cannot_be_packed_is_named() {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        struct Shy;
        impl serde::Serialize for Shy {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("not today"))
            }
        }
        let failed = Packed::collect(2, |written| {
            written.put("by", &Shy);
            written.put("note", &7);
        });
        assert_eq!(failed, Err(super::NotPacked { argument: "by", reason: "not today".into() }));
    }
}
