//! What two nodes say to each other, byte by byte.
