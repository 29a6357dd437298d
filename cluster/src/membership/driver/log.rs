use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Cause, MemberChange, Report};
use consort_protocol::time::Moment;

use crate::membership::machine::PacketRefused;

/// How often one and the same complaint is logged.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// What membership logs. What others can cause at will is logged once a minute.
#[derive(Debug, Default)]
pub(super) struct Log {
    refused: Seldom,
    impostor: Seldom,
}

impl Log {
    pub(super) fn change(&self, change: &MemberChange) {
        let MemberChange { member, cause, .. } = change;
        let (life, address) = (member.life, &member.address);
        let (state, standing) = (member.state, member.standing);
        match cause {
            Cause::DeclaredDown | Cause::AddressTaken(_) | Cause::LinkLost | Cause::Suspected => {
                tracing::warn!(%life, %address, %state, %standing, "member: {cause}");
            }
            Cause::HeardOf | Cause::Introduced | Cause::LinkUp => {
                tracing::debug!(%life, %address, %state, %standing, "member: {cause}");
            }
            Cause::Answered
            | Cause::Refuted
            | Cause::Quarantined
            | Cause::QuarantineOver
            | Cause::Returned
            | Cause::Leaving
            | Cause::Left
            | Cause::Silent
            | Cause::Replaced(_) => tracing::info!(%life, %address, %state, %standing, "member: {cause}"),
        }
    }

    pub(super) fn report(&self, report: &Report) {
        match report {
            Report::Formed | Report::Joined(_) | Report::OwnAddress(_) => tracing::info!("membership: {report}"),
            Report::Nobody { .. } => tracing::warn!("membership: {report}"),
        }
    }

    pub(super) fn refused(&mut self, from: Life, why: &PacketRefused, now: Moment) {
        if let Some(since) = self.refused.complain(now) {
            tracing::warn!(%from, since, "membership: packets were refused, the last because {why}");
        }
    }

    pub(super) fn impostor(&mut self, life: Life, now: Moment) {
        if self.impostor.complain(now).is_some() {
            tracing::error!(
                "membership: another process runs as this node, in its life {life}: its data directory was copied, or it \
                 was started twice; stop one of them, or give it a data directory of its own"
            );
        }
    }
}

/// A complaint that may come again and again.
#[derive(Debug, Default)]
struct Seldom {
    since: u64,
    silent_until: Moment,
}

impl Seldom {
    /// How many there were since the last one that was logged, if it is time for another.
    fn complain(&mut self, now: Moment) -> Option<u64> {
        self.since += 1;
        if now < self.silent_until {
            return None;
        }
        self.silent_until = now + COMPLAIN_EVERY;
        Some(std::mem::take(&mut self.since))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use consort_protocol::time::Moment;

    use super::Seldom;

    #[test]
    fn a_complaint_is_logged_once_a_minute_with_how_many_there_were() {
        let mut seldom = Seldom::default();
        let seconds = [0, 1, 59, 60, 61, 130];
        let logged = seconds.map(|second| seldom.complain(Moment::after_start(Duration::from_secs(second))));
        assert_eq!(logged, [Some(1), None, None, Some(3), None, Some(2)]);
    }
}
