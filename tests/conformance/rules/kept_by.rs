//! Which rules there are; a test of each.

/// Makes a test of each rule, kept by one of the [`ways`](crate::ways).
macro_rules! kept_by {
    ($way:ident) => {
        mod $way {
            $crate::rules::tests! { $way,
                replies {
                    an_ask_ends_with_the_reply_as_it_was_returned,
                    an_error_of_the_service_comes_back_with_its_type,
                    a_key_and_a_service_without_one_answer_alike,
                    two_clients_opened_and_closed_in_turn_both_work,
                }
                refusals {
                    a_service_that_nobody_serves_is_named_with_those_that_are,
                    an_actor_that_cannot_start_says_why,
                    a_call_for_an_activation_that_ended_does_not_run,
                    a_circle_of_asks_is_refused_with_its_path,
                    a_message_over_the_limit_of_its_service_is_refused_and_changes_nothing,
                }
                deadlines {
                    a_call_that_is_late_when_it_is_made_does_not_run,
                    a_handler_past_its_deadline_ends_and_its_caller_cannot_know_how_far_it_came,
                    what_waits_past_its_deadline_does_not_run,
                    a_deadline_goes_with_the_calls_that_a_handler_makes,
                    a_call_that_was_not_polled_sends_nothing,
                    a_handler_goes_on_when_its_caller_leaves,
                }
                order {
                    what_one_sender_sends_begins_in_its_order,
                    calls_of_one_task_are_sent_in_the_order_of_their_first_polls,
                    each_of_many_senders_has_its_order,
                    a_tell_is_delivered_once,
                }
                references {
                    a_reference_in_a_message_is_called_where_it_is_read,
                    a_reference_in_a_reply_is_called_where_it_is_read,
                }
                nested {
                    an_error_that_crosses_two_hops_keeps_its_type,
                    a_panic_two_hops_away_is_told_as_what_it_is,
                    a_handler_knows_which_actor_calls_it,
                }
                bonds {
                    a_watcher_is_told_once_of_an_end_and_why,
                    a_watcher_of_an_actor_that_is_stopped_hears_of_it,
                    those_who_are_linked_end_together_with_the_reason_and_start_anew,
                    a_link_ends_both_once,
                    whoever_links_to_one_that_crashed_ends,
                    a_normal_stop_dissolves_the_link,
                    who_is_unlinked_does_not_end_with_the_other,
                }
                ends {
                    a_panic_is_told_and_the_next_call_finds_a_fresh_instance,
                    start_stop_and_restart_reach_the_actor,
                }
                load {
                    a_payload_larger_than_a_frame_arrives_whole,
                    a_sender_that_is_faster_than_its_actor_waits_and_what_was_refused_does_not_run,
                    a_sender_of_large_messages_waits_and_what_was_refused_does_not_run,
                    a_service_at_its_limit_refuses_one_more,
                    a_call_that_comes_again_under_its_id_runs_once,
                }
                names {
                    a_call_by_names_ends_as_a_typed_one,
                    who_calls_from_outside_needs_names_only,
                    what_is_wrong_with_a_name_is_said,
                }
            }
        }
    };
}

/// The tests of one way, by subject.
macro_rules! tests {
    ($way:ident, $($subject:ident { $($rule:ident,)+ })+) => {
        $(mod $subject {
            $(#[test]
            fn $rule() {
                crate::ways::$way::STAND.keeps(crate::rules::$subject::$rule);
            })+
        })+
    };
}

pub(crate) use {kept_by, tests};
