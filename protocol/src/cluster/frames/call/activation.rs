use crate::cluster::frames::Malformed;
use crate::cluster::frames::bytes::{Reader, Writer};

/// Names one activation among all there ever were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Activation {
    /// The number of the node that holds it.
    pub node: u64,
    /// The generation of that node.
    pub generation: u64,
    /// Counts the activations of that generation, from 1.
    pub sequence: u64,
}

impl Activation {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) {
        writer.word(self.node);
        writer.number(self.generation);
        writer.number(self.sequence);
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let node = reader.word("activation's node")?;
        let generation = reader.number("activation's generation")?;
        let sequence = reader.number("activation's sequence")?;
        Ok(Activation { node, generation, sequence })
    }
}
