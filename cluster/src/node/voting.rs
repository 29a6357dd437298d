//! [`keep_voters`]: the leader of the control plane keeps its voters as they should be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::{Member, MemberState, Members};
use consort_protocol::cluster::voters::{Applicant, Command, Standing, View, Voters, VotersConfig};
use consort_protocol::time::Moment;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::control::{Group, GroupError, RaftStore};

/// The group is looked at so often, beside when members change: how far a learner is shows only so.
const LOOK: Duration = Duration::from_millis(250);

/// Changes who votes, one at a time, while this node leads the control plane. Ends with membership.
pub(crate) async fn keep_voters(control: Arc<RaftStore>, mut members: watch::Receiver<Arc<Members>>) {
    let start = Instant::now();
    let now = || Moment::after_start(start.elapsed());
    let mut voters = Voters::new(VotersConfig::default());
    loop {
        let group = control.group();
        control.set_contacts(members.borrow().present().map(|member| member.life.id));
        if group.leads {
            voters.handle_view(view(&group, &members.borrow_and_update()), now());
            voters.handle_timeout(now());
            // one at a time: what follows depends on what the group is then
            if let Some(command) = voters.poll_command() {
                match change(&control, command).await {
                    Ok(()) => voters.handle_done(now()),
                    Err(error) => {
                        tracing::debug!(?command, %error, "who votes could not be changed");
                        voters.handle_failed(now());
                    }
                }
            }
        } else {
            // what was known of another time of leading is old
            voters = Voters::new(VotersConfig::default());
        }
        if let Ok(Err(_)) = tokio::time::timeout(LOOK, members.changed()).await {
            return;
        }
    }
}

async fn change(control: &RaftStore, command: Command) -> Result<(), GroupError> {
    match command {
        Command::Add(node) => control.add_learner(node).await,
        Command::Promote(node) => control.promote(node).await,
        Command::Remove(node) => control.remove(node).await,
    }
}

fn view(group: &Group, members: &Members) -> View {
    let applicants: BTreeMap<NodeId, Applicant> = members.iter().map(|member| applicant(member)).collect();
    let learners = group.learners.iter().map(|node| (*node, group.current.contains(node))).collect();
    let leader = group.leader.unwrap_or(members.me().id);
    View { leader, members: applicants, voters: group.voters.clone(), learners }
}

fn applicant(member: &Member) -> (NodeId, Applicant) {
    let standing = match member.state {
        MemberState::Up => Standing::Up,
        MemberState::Leaving => Standing::Leaving,
        MemberState::Joining | MemberState::Down => Standing::Down,
    };
    let zone = Some(member.meta.zone.as_str()).filter(|zone| !zone.is_empty()).map(Box::from);
    (member.life.id, Applicant { standing, zone, witness: false })
}
