//! Links between actors of different nodes.

mod asks;
mod ends;
mod moves;
mod three;
