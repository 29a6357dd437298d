//! [`Shipped`]: what activations left on other nodes, until their slots are opened here.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::frames::Snapshot as Piece;
use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
use consort_runtime::remote::Snapshot;
use parking_lot::Mutex;

/// Bytes that wait here: four of the largest states. Whoever ships more asks again, and slots are opened meanwhile.
const SHIPPED_MAX: usize = 4 * Snapshot::STATE_MAX;

/// What a state takes beside its bytes and names.
const STATE_OVERHEAD: usize = 256;

/// Memory that is set aside for a state at once. The rest comes with its pieces: what a node announces costs nothing.
const AHEAD: usize = 256 << 10;

/// What activations left on other nodes, until their slots are opened here.
pub(crate) struct Shipped {
    me: Life,
    table: Arc<ArcSwap<SlotTable>>,
    shipments: Mutex<Shipments>,
    max: usize,
}

#[derive(Default)]
struct Shipments {
    /// By slot and tenure.
    states: BTreeMap<(Slot, Epoch), BTreeMap<Name, Coming>>,
    bytes: usize,
}

/// Service and path.
type Name = (Box<str>, Box<str>);

/// A state as far as it has come.
struct Coming {
    version: Box<str>,
    state: Vec<u8>,
    total: u64,
}

/// Why a piece was not taken in. It may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    /// Too much is here.
    #[error("{0} bytes of states wait there already")]
    Full(usize),
    /// It does not go on where the last one ended.
    #[error("a piece before it is missing")]
    Gap,
    /// It is of another state, or of one that is too large.
    #[error("it does not fit what came before it")]
    Misfit,
}

/// What came for slots that are opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// Whole.
    pub(crate) whole: Vec<Snapshot>,
    /// In part: of these there is nothing to be had.
    pub(crate) torn: Vec<Snapshot>,
}

impl Shipped {
    /// Nothing yet. `table` is the latest one there is.
    pub(crate) fn new(me: Life, table: Arc<ArcSwap<SlotTable>>) -> Self {
        Shipped { me, table, shipments: Mutex::default(), max: SHIPPED_MAX }
    }

    /// Takes a piece in. One that was taken in before, or is for a tenure that is over or open already, is as good as
    /// taken in.
    ///
    /// # Errors
    /// [`NotTaken`]; nothing was changed.
    pub(crate) fn take_in(&self, piece: &Piece<'_>) -> Result<(), NotTaken> {
        let mut shipments = self.shipments.lock();
        if !self.expects(piece.slot, piece.epoch) {
            return Ok(());
        }
        if shipments.bytes + cost(piece) > self.max {
            shipments.retain(|slot, since| self.is_wanted(slot, since));
        }
        shipments.take_in(piece, self.max)
    }

    /// What has come for these tenures, which begin now, or go on to another node. What came for others and will not begin is
    /// forgotten.
    pub(crate) fn take(&self, slots: &BTreeMap<Slot, Epoch>) -> Arrivals {
        let mut arrivals = Arrivals::default();
        let mut shipments = self.shipments.lock();
        if shipments.states.is_empty() {
            return arrivals;
        }
        for (slot, since) in slots {
            for ((service, path), coming) in shipments.remove((*slot, *since)) {
                let (whole, version) = (coming.is_whole(), coming.version);
                let snapshot = Snapshot { service, version, path, state: coming.state.into() };
                if whole { arrivals.whole.push(snapshot) } else { arrivals.torn.push(snapshot) }
            }
        }
        shipments.retain(|slot, since| self.is_wanted(slot, since));
        arrivals
    }

    /// Whether what is here is still to be taken: the tenure may begin; or it has, and the slot may be on its way to the next
    /// node, but nobody here has done anything about it yet.
    fn is_wanted(&self, slot: Slot, since: Epoch) -> bool {
        let mine = Tenure { life: self.me, since };
        self.expects(slot, since) || self.table.load().state(slot).holder() == Some(mine)
    }

    /// Whether the tenure may still begin.
    fn expects(&self, slot: Slot, since: Epoch) -> bool {
        let table = self.table.load();
        let mine = Tenure { life: self.me, since };
        since > table.epoch() || matches!(table.state(slot), SlotState::Moving { to, .. } if to == mine)
    }
}

impl Shipments {
    fn take_in(&mut self, piece: &Piece<'_>, max: usize) -> Result<(), NotTaken> {
        let slot = (piece.slot, piece.epoch);
        let name = (piece.service.into(), piece.key.into());
        let known = self.states.get_mut(&slot).and_then(|states| states.get_mut(&name));
        let (have, is_fit) = known.as_ref().map_or((0, true), |known| known.stands(piece));
        if !is_fit || piece.total > Snapshot::STATE_MAX as u64 {
            return Err(NotTaken::Misfit);
        }
        if piece.offset > have {
            return Err(NotTaken::Gap);
        }
        let news = usize::try_from(have - piece.offset).ok().and_then(|seen| piece.bytes.get(seen..));
        let news = news.unwrap_or_default();
        let bytes = if known.is_some() { news.len() } else { cost(piece) };
        if self.bytes + bytes > max {
            return Err(NotTaken::Full(self.bytes));
        }
        self.bytes += bytes;
        match known {
            Some(known) => known.state.extend_from_slice(news),
            None => _ = self.states.entry(slot).or_default().insert(name, Coming::begin(piece)),
        }
        Ok(())
    }

    fn remove(&mut self, slot: (Slot, Epoch)) -> BTreeMap<Name, Coming> {
        let states = self.states.remove(&slot).unwrap_or_default();
        self.bytes -= states.iter().map(|(name, coming)| coming.cost(name)).sum::<usize>();
        states
    }

    fn retain(&mut self, is_wanted: impl Fn(Slot, Epoch) -> bool) {
        let unwanted: Vec<_> = self.states.keys().copied().filter(|(slot, since)| !is_wanted(*slot, *since)).collect();
        unwanted.into_iter().for_each(|slot| drop(self.remove(slot)));
    }
}

impl Coming {
    fn begin(piece: &Piece<'_>) -> Self {
        let mut state = Vec::with_capacity(AHEAD.min(piece.total as usize));
        state.extend_from_slice(piece.bytes);
        Coming { version: piece.version.into(), state, total: piece.total }
    }

    /// How much of it is here, and whether the piece is one of it.
    fn stands(&self, piece: &Piece<'_>) -> (u64, bool) {
        (self.state.len() as u64, self.total == piece.total && *self.version == *piece.version)
    }

    fn is_whole(&self) -> bool {
        self.state.len() as u64 == self.total
    }

    fn cost(&self, (service, path): &Name) -> usize {
        STATE_OVERHEAD + service.len() + path.len() + self.state.len()
    }
}

/// What the first piece of a state takes.
fn cost(piece: &Piece<'_>) -> usize {
    STATE_OVERHEAD + piece.service.len() + piece.key.len() + piece.bytes.len()
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::{Generation, NodeId};

    use super::*;

    fn life(id: u64) -> Life {
        Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }
    }

    fn slot() -> Slot {
        Slot::new(7).unwrap()
    }

    /// A table of this epoch, in which the slot is on its way to node 1 if it is even and has arrived there if not.
    fn table(epoch: u64) -> SlotTable {
        let mut table = SlotTable::default();
        for next in 1..=epoch {
            let to = Tenure { life: life(1), since: Epoch(next - next % 2) };
            let from = Tenure { life: life(2), since: Epoch(next - 1) };
            let state = if next % 2 == 0 { SlotState::Moving { from, to } } else { SlotState::Owned(to) };
            table = table.with([(slot(), state)]);
        }
        table
    }

    fn at(epoch: u64) -> Shipped {
        Shipped::new(life(1), Arc::new(ArcSwap::from_pointee(table(epoch))))
    }

    fn piece(offset: u64, bytes: &'static [u8], total: u64) -> Piece<'static> {
        let (service, version, key) = ("freight", "1.0.0", "/a");
        Piece { slot: slot(), epoch: Epoch(4), service, version, key, offset, total, bytes }
    }

    fn open() -> BTreeMap<Slot, Epoch> {
        BTreeMap::from([(slot(), Epoch(4))])
    }

    #[test]
    fn what_is_whole_is_had_once_whatever_comes_twice() {
        let shipped = at(4);
        for next in [piece(0, b"ab", 5), piece(0, b"ab", 5), piece(2, b"cd", 5), piece(1, b"bcd", 5)] {
            shipped.take_in(&next).unwrap();
        }
        shipped.take_in(&piece(4, b"e", 5)).unwrap();
        let arrivals = shipped.take(&open());
        assert_eq!((&*arrivals.whole[0].state, arrivals.torn.len()), (&b"abcde"[..], 0));
        assert_eq!(shipped.take(&open()), Arrivals::default());
        assert_eq!(shipped.shipments.lock().bytes, 0);
    }

    #[test]
    fn half_a_state_is_none() {
        let shipped = at(4);
        shipped.take_in(&piece(0, b"ab", 5)).unwrap();
        let Arrivals { whole, torn } = shipped.take(&open());
        assert_eq!((whole.len(), torn.len()), (0, 1));
    }

    #[test]
    fn a_piece_comes_after_those_before_it_and_fits_them() {
        let shipped = at(4);
        assert_eq!(shipped.take_in(&piece(2, b"cd", 5)), Err(NotTaken::Gap));
        shipped.take_in(&piece(0, b"ab", 5)).unwrap();
        assert_eq!(shipped.take_in(&piece(3, b"de", 5)), Err(NotTaken::Gap));
        assert_eq!(shipped.take_in(&piece(2, b"cd", 6)), Err(NotTaken::Misfit));
        assert_eq!(shipped.take_in(&Piece { version: "2.0.0", ..piece(2, b"cde", 5) }), Err(NotTaken::Misfit));
        assert_eq!(shipped.take_in(&piece(0, b"", Snapshot::STATE_MAX as u64 + 1)), Err(NotTaken::Misfit));
        shipped.take_in(&piece(2, b"cde", 5)).unwrap();
    }

    #[test]
    fn what_comes_ahead_of_the_table_waits_for_it_and_what_comes_after_the_opening_is_nothing() {
        for (epoch, is_kept) in [(2, true), (3, true), (4, true), (5, false), (6, false)] {
            let shipped = at(epoch);
            shipped.take_in(&piece(0, b"ab", 2)).unwrap();
            assert_eq!(!shipped.shipments.lock().states.is_empty(), is_kept, "{epoch}");
        }
    }

    #[test]
    fn what_is_for_a_tenure_that_will_not_begin_is_forgotten() {
        let shipped = at(4);
        shipped.take_in(&piece(0, b"ab", 2)).unwrap();
        shipped.table.store(Arc::new(table(6)));
        assert_eq!(shipped.take(&BTreeMap::from([(slot(), Epoch(6))])), Arrivals::default());
        assert_eq!(shipped.shipments.lock().bytes, 0);
    }

    #[test]
    fn what_came_for_a_tenure_that_nobody_has_looked_at_yet_stays_while_other_slots_are_opened() {
        let shipped = at(4);
        shipped.take_in(&piece(0, b"ab", 2)).unwrap();
        let mine = Tenure { life: life(1), since: Epoch(4) };
        let on =
            table(5).with([(slot(), SlotState::Moving { from: mine, to: Tenure { life: life(3), since: Epoch(6) } })]);
        for table in [table(5), on] {
            shipped.table.store(Arc::new(table));
            let other = BTreeMap::from([(Slot::new(8).unwrap(), Epoch(5))]);
            assert_eq!(shipped.take(&other), Arrivals::default());
        }
        assert_eq!(shipped.take(&open()).whole.len(), 1);
    }

    #[test]
    fn no_more_waits_than_the_limit_and_what_nobody_waits_for_makes_room() {
        let shipped = Shipped { max: cost(&piece(0, b"ab", 2)), ..at(4) };
        let other = Piece { key: "/b", ..piece(0, b"ab", 2) };
        shipped.take_in(&piece(0, b"ab", 2)).unwrap();
        assert_eq!(shipped.take_in(&other), Err(NotTaken::Full(shipped.max)));
        shipped.table.store(Arc::new(table(6)));
        shipped.take_in(&Piece { epoch: Epoch(6), ..other }).unwrap();
    }
}
