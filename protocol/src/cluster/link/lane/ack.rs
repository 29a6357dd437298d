/// What the receiver of a lane says to its sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ack {
    /// The number of the last record that arrived: the sender need not keep it any more.
    pub received: u64,
    /// Bytes of records that were taken off the lane, ever: the sender may send as many more.
    pub released: u64,
}

impl Ack {
    /// Bytes of an ack behind its header.
    pub const BYTES: usize = 16;

    /// As it travels.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.received.to_le_bytes());
        bytes[8..].copy_from_slice(&self.released.to_le_bytes());
        bytes
    }

    /// Reads one; `None` if it has not the right length.
    pub fn read(bytes: &[u8]) -> Option<Ack> {
        let (received, released) = bytes.split_first_chunk()?;
        let released = released.try_into().ok()?;
        Some(Ack { received: u64::from_le_bytes(*received), released: u64::from_le_bytes(released) })
    }
}

/// When a receiver says what has arrived.
#[derive(Clone, Debug)]
pub struct Acks {
    window: u64,
    now: Ack,
    told: Ack,
}

impl Acks {
    /// Of a lane that takes `window` bytes.
    pub fn new(window: u64) -> Self {
        Acks { window, now: Ack::default(), told: Ack::default() }
    }

    /// Everything up to record number `received` has arrived.
    pub fn handle_received(&mut self, received: u64) {
        self.now.received = received;
    }

    /// So many bytes of records were taken off the lane.
    pub fn handle_released(&mut self, bytes: u64) {
        self.now.released += bytes;
    }

    /// There is a new connection: what was told last may have been lost with the old one.
    pub fn handle_connected(&mut self) {
        self.told = Ack::default();
    }

    /// Whether it is worth a message of its own: a quarter of the window, as rarely as a sender that fills it does not
    /// have to wait.
    pub fn is_due(&self) -> bool {
        self.now.released - self.told.released >= self.window / 4
    }

    /// What to tell, if anything is new. To be asked when it is due, and when something is written anyway.
    pub fn poll_ack(&mut self) -> Option<Ack> {
        if self.now == self.told {
            return None;
        }
        self.told = self.now;
        Some(self.now)
    }
}
