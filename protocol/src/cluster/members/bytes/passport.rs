use super::{Malformed, Reader, write};
use crate::cluster::members::address::ADDRESS_BYTES_MAX;
use crate::cluster::members::{Address, Passport};
use crate::cluster::{Generation, Life, NodeId};

/// Stands for the address where a passport's reader knows its bearer: in the destination of a packet.
const NOWHERE: &str = "";

impl Passport {
    /// Writes all of it: some 15 bytes and the address.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.write_life(out);
        write::sized(out, self.address.as_str().as_bytes());
    }

    /// Writes it without the address, for the bearer itself.
    pub fn write_brief(&self, out: &mut Vec<u8>) {
        self.write_life(out);
        write::sized(out, NOWHERE.as_bytes());
    }

    /// Reads what [`write`](Self::write) or [`write_brief`](Self::write_brief) wrote; the latter has the address
    /// `here`.
    pub fn read(reader: &mut Reader<'_>, here: &Address) -> Result<Self, Malformed> {
        let id = NodeId::new(reader.fixed64("a node's id")?).ok_or(Malformed::Invalid("node's id"))?;
        let generation = Generation(reader.varint("a generation")?);
        let renewal = reader.varint32("a renewal")?;
        let address = match reader.text(ADDRESS_BYTES_MAX, "an address")? {
            NOWHERE => here.clone(),
            text => text.parse().map_err(|_| Malformed::Invalid("address"))?,
        };
        Ok(Passport { life: Life { id, generation }, renewal, address })
    }

    fn write_life(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.life.id.number().to_be_bytes());
        write::varint(out, self.life.generation.0);
        write::varint(out, u64::from(self.renewal));
    }
}
