//! [`keep_voters`]: the leader of the control plane keeps its voters as they should be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::{Member, MemberState, Members, Standing as Health};
use consort_protocol::cluster::voters::{Applicant, Command, Standing, View, Voters, VotersConfig};
use consort_protocol::time::Moment;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::control::{CoordStore, Group, GroupError, RaftStore, Read};
use crate::sharding::{NODES, NodeRecord};

/// The group is looked at so often, beside when members change: how far a learner is shows only so.
const LOOK: Duration = Duration::from_millis(250);

/// Changes who votes, one at a time, while this node leads the control plane. Ends with membership.
pub(crate) async fn keep_voters(control: Arc<RaftStore>, mut members: watch::Receiver<Arc<Members>>) {
    let start = Instant::now();
    let now = || Moment::after_start(start.elapsed());
    let mut voters = Voters::new(VotersConfig::default());
    loop {
        let group = control.group();
        tell_contacts(&control, &members.borrow());
        if group.leads {
            let listed = listed(&control).await;
            voters.handle_view(view(&group, &members.borrow_and_update(), &listed), now());
            voters.handle_timeout(now());
            // one at a time: what follows depends on what the group is then
            if let Some(command) = voters.poll_command() {
                match change(&control, &command).await {
                    Ok(()) => {
                        voters.handle_done(now());
                        // at once: the next change may be what survives the next loss
                        continue;
                    }
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

/// Says whom the control plane can be asked through.
fn tell_contacts(control: &RaftStore, members: &Members) {
    let may_be_dead = |member: &&Arc<Member>| member.state == MemberState::Down || member.standing == Health::Suspect;
    control.set_contacts(members.present().map(|member| member.life.id));
    control.set_doubted(members.iter().filter(may_be_dead).map(|member| member.life.id));
}

async fn change(control: &RaftStore, command: &Command) -> Result<(), GroupError> {
    match command {
        Command::Add(node) => control.add_learner(*node).await,
        Command::Seat(voters) => control.seat(voters).await,
        Command::Remove(node) => control.remove(*node).await,
        Command::Yield(node) => control.yield_to(*node).await,
    }
}

/// What the control plane's leader sees. `listed` are those that are on the list of nodes.
fn view(group: &Group, members: &Members, listed: &BTreeSet<NodeId>) -> View {
    let taken: BTreeSet<_> = members.present().map(|member| &member.address).collect();
    let applicant = |member: &Arc<Member>| {
        let zone = Some(member.meta.zone.as_str()).filter(|zone| !zone.is_empty()).map(Box::from);
        let standing = match member.state {
            MemberState::Up => Standing::Up,
            // it has slots to hand over yet, and is told first what becomes of them while it votes
            MemberState::Leaving if group.voters.contains(&member.life.id) && listed.contains(&member.life.id) => {
                Standing::Up
            }
            MemberState::Leaving => Standing::Leaving,
            MemberState::Down if taken.contains(&member.address) => Standing::Gone,
            MemberState::Joining | MemberState::Down => Standing::Down,
        };
        (member.life.id, Applicant { standing, zone, vote: member.meta.vote })
    };
    let members_then: BTreeMap<NodeId, Applicant> = members.iter().map(applicant).collect();
    let learners = group.learners.iter().map(|node| (*node, group.current.contains(node))).collect();
    let leader = group.leader.unwrap_or(members.me().id);
    View { leader, members: members_then, voters: group.voters.clone(), is_changing: group.is_changing, learners }
}

/// Who is on the list of nodes, as far as is known here.
async fn listed(control: &RaftStore) -> BTreeSet<NodeId> {
    let nodes = control.range(NODES, Read::Local).await;
    let nodes = nodes.map(|nodes| nodes.entries).unwrap_or_default();
    nodes.iter().filter_map(|node| Some(NodeRecord::unpack(&node.value)?.life()?.id)).collect()
}
