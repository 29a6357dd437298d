//! Runs every example as its reader would, and checks what it prints.

mod flights;
mod flights_input;
mod program;
mod resilience;
mod small;
