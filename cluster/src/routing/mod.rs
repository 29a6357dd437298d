//! Sends calls to the node that owns the key, and answers those of others.
