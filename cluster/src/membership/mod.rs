//! Finds the other nodes, and sees who is gone.
