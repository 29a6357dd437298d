use crate::cluster::frames::bytes::{Reader, Writer};
use crate::cluster::frames::limits::TEXT_MAX;
use crate::cluster::frames::{Malformed, Unencodable};

/// An error of Consort's own. Code and text stand before the rest, so that a node of another version, which may not
/// know the error, can still say what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failure<'a> {
    /// The number of the error: 7 for C0007.
    pub code: u16,
    /// The error in words; cut at [`TEXT_MAX`] bytes.
    pub text: &'a str,
    /// The error itself as msgpack; may be empty.
    pub body: &'a [u8],
}

impl<'a> Failure<'a> {
    /// All but the body.
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.bytes(&self.code.to_le_bytes());
        writer.cut(self.text, TEXT_MAX);
        Ok(())
    }

    /// All but the body.
    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let code = u16::from_le_bytes(reader.array("code")?);
        let text = reader.text("text", TEXT_MAX)?;
        Ok(Failure { code, text, body: &[] })
    }
}
