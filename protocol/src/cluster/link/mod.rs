//! Who may speak to whom, in which order, and how much may be under way.
