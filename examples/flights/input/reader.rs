//! [`Reader`]: rows from a csv or csv.gz file, one line in memory at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder};
use flate2::bufread::MultiGzDecoder;

use super::counted::{Counted, Taken};
use super::error::InputError;
use super::row::{COLUMNS, Row, RowError};

/// A line longer than this is a bad row. Real ones have about 60 bytes; without a limit, a file without line ends
/// would be read into memory whole.
const LINE_MAX: u64 = 4096;

/// So much of a wrong header is shown: enough to recognize a file, and no screenful of one that is no csv at all.
const HEADER_SHOWN: usize = 120;

/// Size of the buffers: large enough that their refills do not show, small enough for a processor's second cache.
const BUFFER: usize = 64 * 1024;

/// A row that could not be used.
pub struct BadRow {
    /// Its line in the (unpacked) file; the header is line 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: RowError,
}

/// Reads one file once.
pub struct Reader {
    path: PathBuf,
    input: Box<dyn BufRead + Send>,
    /// Bytes taken from the file so far, packed ones for csv.gz.
    taken: Taken,
    length: u64,
    line: Vec<u8>,
    line_number: u64,
    fields: Vec<Range<usize>>,
    /// How many fields the header has.
    width: usize,
    /// Where each of [`COLUMNS`] stands.
    places: [usize; COLUMNS.len()],
}

impl Reader {
    /// Opens the file, finds out by its first bytes whether it is packed, and checks the header.
    pub fn open(path: &Path) -> Result<Reader, InputError> {
        let refused = |error| InputError::Open { path: path.to_owned(), error };
        let file = File::open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if !metadata.is_file() {
            return Err(InputError::NotAFile { path: path.to_owned() });
        }
        let taken = Taken::default();
        let mut bytes = BufReader::with_capacity(BUFFER, Counted::new(file, taken.clone()));
        let packed = bytes.fill_buf().map_err(refused)?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(bytes)))
        } else {
            Box::new(bytes)
        };
        let mut reader = Reader {
            path: path.to_owned(),
            input,
            taken,
            length: metadata.len(),
            line: Vec::new(),
            line_number: 0,
            fields: Vec::new(),
            width: 0,
            places: [0; COLUMNS.len()],
        };
        reader.read_header()?;
        Ok(reader)
    }

    /// The file's length in bytes, and how many of them have been taken.
    pub fn progress(&self) -> (u64, u64) {
        (self.length, self.taken.bytes())
    }

    /// The next row, good or bad; `None` at the end. An error ends the file: what follows cannot be read.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, BadRow>>, InputError> {
        let whole = match self.next_line()? {
            None => return Ok(None),
            Some(whole) => whole,
        };
        let parsed = if whole { self.parse() } else { Err(RowError::too_long(LINE_MAX)) };
        Ok(Some(parsed.map_err(|reason| BadRow { line: self.line_number, reason })))
    }

    fn parse(&mut self) -> Result<Row, RowError> {
        self.split();
        if self.fields.len() != self.width {
            return Err(RowError::fields(self.fields.len(), self.width));
        }
        Row::parse(self.places.map(|place| &self.line[self.fields[place].clone()]))
    }

    fn read_header(&mut self) -> Result<(), InputError> {
        if self.next_line()?.is_none() {
            return Err(InputError::Empty { path: self.path.clone() });
        }
        if self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        self.split();
        let text = |field: &Range<usize>| String::from_utf8_lossy(&self.line[field.clone()]).trim().to_owned();
        let found: Vec<String> = self.fields.iter().map(text).collect();
        let missing: Vec<_> = COLUMNS.into_iter().filter(|name| !found.iter().any(|f| f == name)).collect();
        if !missing.is_empty() {
            let shown = self.line[..self.line.len().min(HEADER_SHOWN)].escape_ascii().to_string();
            return Err(InputError::Columns { path: self.path.clone(), missing, header: shown });
        }
        self.width = found.len();
        self.places = COLUMNS.map(|name| found.iter().position(|f| f == name).unwrap_or_default());
        Ok(())
    }

    /// Reads the next line that is not blank, without its end. Says whether it is whole; `None` at the end.
    fn next_line(&mut self) -> Result<Option<bool>, InputError> {
        loop {
            self.line.clear();
            match self.take_line() {
                Err(error) => {
                    let (path, line) = (self.path.clone(), self.line_number);
                    return Err(InputError::Read { path, line, error });
                }
                Ok(false) => return Ok(None),
                Ok(true) => self.line_number += 1,
            }
            let whole = self.line.len() as u64 <= LINE_MAX;
            if !whole || !self.line.is_empty() {
                return Ok(Some(whole));
            }
        }
    }

    /// Reads up to the next line end, keeping at most one byte over the limit. False at the end of the file.
    fn take_line(&mut self) -> io::Result<bool> {
        if self.input.by_ref().take(LINE_MAX + 1).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(false);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        } else if self.line.len() as u64 > LINE_MAX {
            self.input.skip_until(b'\n')?;
        }
        Ok(true)
    }

    /// Finds the fields of the line. A quoted field ends with its line at the latest, so that a stray quote costs
    /// one row and not the rest of the file.
    fn split(&mut self) {
        self.fields.clear();
        let mut start = 0;
        for (at, byte) in self.line.iter().enumerate() {
            match byte {
                b',' => {
                    self.fields.push(start..at);
                    start = at + 1;
                }
                b'"' => return self.split_quoted(),
                _ => {}
            }
        }
        self.fields.push(start..self.line.len());
    }

    fn split_quoted(&mut self) {
        let mut record = ByteRecord::new();
        let mut quoted =
            ReaderBuilder::new().has_headers(false).buffer_capacity(self.line.len()).from_reader(self.line.as_slice());
        // Reading from memory cannot fail, and one record has no length to differ from.
        let _ = quoted.read_byte_record(&mut record);
        self.fields.clear();
        self.fields.extend((0..record.len()).filter_map(|index| record.range(index)));
        self.line.clear();
        self.line.extend_from_slice(record.as_slice());
    }
}
