#![doc = include_str!("../README.md")]

pub use consort_runtime::*;
