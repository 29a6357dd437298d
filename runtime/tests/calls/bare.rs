//! What a program is told that is built without the feature `remote`.
#![cfg(not(feature = "remote"))]

use consort::__private::{pack, unpack};
use consort::NotRun;

#[test]
fn whoever_would_speak_to_another_node_is_told_which_feature_is_missing() {
    let (packed, unpacked) = (pack(&7_u32).unwrap_err(), unpack::<u32>(&[7]).unwrap_err());
    for refused in [packed, unpacked] {
        assert!(refused.contains("without the feature `remote` of `consort-runtime`"), "{refused}");
    }
}

#[test]
fn an_error_keeps_its_code_and_its_text_without_the_feature() {
    let error = NotRun::Stopped;
    let told = NotRun::unpack(error.code(), &error.to_string(), error.is_retryable(), &error.pack());
    assert_eq!((told.code(), told.to_string()), (error.code(), error.to_string()));
}
