use super::TableError;
use super::column::{read_column, write_column};
use super::reader::{Reader, write_number};
use crate::cluster::slots::{Epoch, SLOTS, SlotState, SlotTable, Tenure};
use crate::cluster::{Generation, Life, NodeId};

/// The form of the bytes. Another form has another number.
pub const TABLE_VERSION: u8 = 1;

/// No table is longer. The longest has another owner, another former owner and other epochs for every slot: 8,192 lives
/// of 16 bytes, 4,096 entries of 20, and 7 KiB of slots.
pub const TABLE_BYTES_MAX: usize = 256 * 1024;

/// Owners and former owners of all slots.
const LIVES_MAX: usize = 2 * SLOTS as usize;

impl SlotTable {
    /// The table as bytes: see [`bytes`](crate::cluster::slots::bytes).
    pub fn to_bytes(&self) -> Vec<u8> {
        let lives = self.lives();
        let place = |life: Life| lives.partition_point(|other| *other < life) as u64;
        let age = |tenure: Tenure| self.epoch().0.saturating_sub(tenure.since.0);
        let mut bytes = vec![TABLE_VERSION];
        write_number(&mut bytes, self.epoch().0);
        write_number(&mut bytes, lives.len() as u64);
        write_column(&mut bytes, &distances(lives.iter().map(|life| life.id.number())));
        write_column(&mut bytes, &column(&lives, |life| life.generation.0));
        let entries: Vec<(Tenure, Option<Tenure>)> = self.entries().collect();
        write_number(&mut bytes, entries.len() as u64);
        write_column(&mut bytes, &distances(entries.iter().map(|(owner, _)| place(owner.life))));
        write_column(&mut bytes, &column(&entries, |(owner, _)| age(*owner)));
        write_column(&mut bytes, &column(&entries, |(_, from)| from.map_or(0, |from| place(from.life) + 1)));
        write_column(&mut bytes, &column(&entries, |(_, from)| from.map_or(0, age)));
        let slots: Vec<u64> = self.entry_numbers().map(|number| number.map_or(0, |number| number as u64 + 1)).collect();
        write_column(&mut bytes, &slots);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, to the last byte.
    ///
    /// # Errors
    /// Whatever else the bytes are. At most 1 MiB is allocated on the way.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > TABLE_BYTES_MAX {
            return Err(TableError::TooLong { bytes: bytes.len() });
        }
        let mut reader = Reader { left: bytes, part: "head" };
        match reader.byte()? {
            TABLE_VERSION => {}
            found => return Err(TableError::Version { found }),
        }
        let epoch = Epoch(reader.number()?);
        let lives = read_lives(&mut reader)?;
        let entries = read_entries(&mut reader, epoch, &lives)?;
        reader.part = "slots";
        let slots = read_column(&mut reader, usize::from(SLOTS))?;
        if !reader.left.is_empty() {
            return Err(TableError::Trailing { bytes: reader.left.len() });
        }
        let state = |number: u64| match number.checked_sub(1) {
            None => Some(SlotState::Unowned),
            Some(at) => entries.get(usize::try_from(at).ok()?).copied(),
        };
        let states: Option<Vec<SlotState>> = slots.into_iter().map(state).collect();
        let table = SlotTable::new(epoch, states.ok_or_else(|| reader.out_of_range())?);
        // One table has one form: so two nodes that compare bytes compare tables, and nothing hides in what is unused.
        if table.to_bytes() == bytes { Ok(table) } else { Err(TableError::NotCanonical) }
    }
}

fn read_lives(reader: &mut Reader<'_>) -> Result<Vec<Life>, TableError> {
    reader.part = "lives";
    let count = reader.count(LIVES_MAX)?;
    let ids = sums(read_column(reader, count)?);
    let generations = read_column(reader, count)?;
    let lives = ids
        .zip(generations)
        .map(|(id, generation)| Some(Life { id: NodeId::new(id?)?, generation: Generation(generation) }));
    lives.collect::<Option<_>>().ok_or_else(|| reader.out_of_range())
}

fn read_entries(reader: &mut Reader<'_>, epoch: Epoch, lives: &[Life]) -> Result<Vec<SlotState>, TableError> {
    reader.part = "entries";
    let count = reader.count(usize::from(SLOTS))?;
    let owners: Vec<Option<u64>> = sums(read_column(reader, count)?).collect();
    let columns = [read_column(reader, count)?, read_column(reader, count)?, read_column(reader, count)?];
    let out_of_range = || TableError::OutOfRange { part: "entries" };
    let tenure = |place: Option<u64>, age: u64| {
        let life = *lives.get(usize::try_from(place?).ok()?)?;
        Some(Tenure { life, since: Epoch(epoch.0.checked_sub(age)?) })
    };
    let entry = |at: usize| {
        let [age, from, from_age] = [&columns[0], &columns[1], &columns[2]].map(|column| column[at]);
        let to = tenure(owners[at], age).ok_or_else(out_of_range)?;
        let Some(from) = from.checked_sub(1) else { return Ok(SlotState::Owned(to)) };
        let from = tenure(Some(from), from_age).ok_or_else(out_of_range)?;
        if from.life == to.life || from.since >= to.since {
            return Err(TableError::Backwards { from, to });
        }
        Ok(SlotState::Moving { from, to })
    };
    (0..count).map(entry).collect()
}

fn column<T>(of: &[T], value: impl Fn(&T) -> u64) -> Vec<u64> {
    of.iter().map(value).collect()
}

/// Of ascending numbers, each one's distance to the one before.
fn distances(ascending: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut before = 0;
    ascending.map(|number| number - std::mem::replace(&mut before, number)).collect()
}

/// The numbers of such distances; `None` from the first that is too large for one.
fn sums(distances: Vec<u64>) -> impl Iterator<Item = Option<u64>> {
    distances.into_iter().scan(Some(0_u64), |sum, distance| {
        *sum = sum.and_then(|sum| sum.checked_add(distance));
        Some(*sum)
    })
}
