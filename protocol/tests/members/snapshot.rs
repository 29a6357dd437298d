use std::sync::Arc;

use consort_protocol::cluster::members::{Member, MemberState, Members, Meta, Standing};

use crate::cast::{address, life};

fn member(id: u64, generation: u64, state: MemberState, standing: Standing) -> Arc<Member> {
    let (life, address, meta) = (life(id, generation), address(id), Arc::new(Meta::default()));
    Arc::new(Member { life, address, state, standing, meta })
}

fn up(id: u64, generation: u64) -> Arc<Member> {
    member(id, generation, MemberState::Up, Standing::Healthy)
}

#[test]
fn members_stand_in_the_order_of_their_ids_and_of_two_lives_the_later_one() {
    let members = Members::new(4, life(1, 1), [up(3, 1), up(2, 9), up(1, 1), up(2, 8)]);
    let lives: Vec<_> = members.iter().map(|member| member.life).collect();
    assert_eq!(lives, [life(1, 1), life(2, 9), life(3, 1)]);
    assert!(members.by_life(life(2, 9)).is_some() && members.by_life(life(2, 8)).is_none());
    assert_eq!(members.by_id(life(2, 8).id).unwrap().life, life(2, 9));
}

#[test]
fn only_who_was_reached_and_is_not_quarantined_gets_traffic() {
    use MemberState::{Down, Joining, Leaving, Up};
    use Standing::{Healthy, Quarantined, Suspect, Unverified};
    for state in [Joining, Up, Leaving, Down] {
        for standing in [Healthy, Suspect, Quarantined, Unverified] {
            let member = member(1, 1, state, standing);
            assert_eq!(member.takes_calls(), (state, standing) == (Up, Healthy), "{state} {standing}");
            let last_resort = matches!(state, Up | Leaving) && matches!(standing, Healthy | Suspect);
            assert_eq!(member.is_last_resort(), last_resort, "{state} {standing}");
        }
    }
}
