//! Which nodes hold the control plane.
