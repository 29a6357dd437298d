use std::sync::Arc;
use std::time::Duration;

/// What was seen of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A complaint: its handler has run for so long, past its progress deadline. Cured by
    /// [`Progress`](Self::Progress) or a passed probe.
    Late(Duration),
    /// A complaint: no beat for so long. Cured by a beat, progress or a passed probe.
    Silent(Duration),
    /// A complaint: its own probe says that it is unwell, and why. Cured by a passed probe only.
    ProbeFailed(Arc<str>),
    /// It moved, but is not done: its handler was polled. Cures nothing, and proves that it is not dead.
    Alive,
    /// It beat.
    Beat,
    /// It finished what it was late with.
    Progress,
    /// Its probe passed.
    ProbePassed,
}

/// The open complaints of one subject: one bit for each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints {
    late: bool,
    silent: bool,
    failing: bool,
}

impl Complaints {
    /// Takes a sign in. True if it is a complaint.
    pub(super) fn take(&mut self, sign: &Sign) -> bool {
        match sign {
            Sign::Late(_) => self.late = true,
            Sign::Silent(_) => self.silent = true,
            Sign::ProbeFailed(_) => self.failing = true,
            Sign::Alive => return false,
            Sign::Beat => self.silent = false,
            Sign::Progress => (self.late, self.silent) = (false, false),
            Sign::ProbePassed => *self = Complaints::default(),
        }
        sign.is_complaint()
    }

    pub(super) fn is_empty(self) -> bool {
        self == Complaints::default()
    }
}

impl Sign {
    /// Whether it speaks against the subject.
    pub const fn is_complaint(&self) -> bool {
        matches!(self, Sign::Late(_) | Sign::Silent(_) | Sign::ProbeFailed(_))
    }
}
