//! How long the parts of a frame may be. Both ends hold to them: who writes refuses to, who reads refuses too.

/// Bytes of the name of a service or a method. As file systems have it; names that people gave are far shorter.
pub const NAME_MAX: usize = 255;

/// Bytes of a version: one with a commit's hash fits.
pub const VERSION_MAX: usize = 64;

/// Bytes of the path of a key. As long as the longest line of a request that web servers take by default, since paths
/// become parts of URLs.
pub const KEY_MAX: usize = 8 * 1024;

/// Actors that wait for one call. So many asks within asks are a mistake, and finding a circle takes as long as they
/// are many.
pub const WAITING_MAX: usize = 128;

/// Bytes of a waiting actor: its service, a `/`, its path.
pub const WAITER_MAX: usize = NAME_MAX + 1 + KEY_MAX;

/// Bytes of a `tracestate`: what the W3C's recommendation asks everybody to pass on. A longer one is left out.
pub const TRACE_STATE_MAX: usize = 512;

/// Bytes of baggage: what the W3C's recommendation asks everybody to pass on. Longer baggage is left out.
pub const BAGGAGE_MAX: usize = 8 * 1024;

/// Bytes of the text of an error. A panic may say anything; the beginning says what it was. A longer one is cut.
pub const TEXT_MAX: usize = 1024;

/// Bytes of a frame before its body: room for seven of the longest keys. Heads have some tens of bytes, and with all
/// that is optional some hundreds.
pub const HEAD_MAX: usize = 64 * 1024;

/// Bytes of a part of a later version, which is skipped.
pub const PART_MAX: usize = 4 * 1024;
