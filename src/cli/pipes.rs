//! Pipes that hold more than the system gives them: both ends wait for one another less often.

#[cfg(target_os = "linux")]
use std::{io, os::fd::AsFd};

/// As much as Linux gives to anyone who asks, in bytes; it starts with a sixteenth.
#[cfg(target_os = "linux")]
const BYTES: usize = 1 << 20;

/// Widens standard input and standard output where they are pipes. It only makes a run faster: where it cannot be
/// done nothing is said.
#[cfg(target_os = "linux")]
pub(super) fn widen() {
    let widened = |end: &dyn AsFd| {
        use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};
        if fcntl_getpipe_size(end.as_fd()).is_ok_and(|bytes| bytes < BYTES) {
            let _ = fcntl_setpipe_size(end.as_fd(), BYTES);
        }
    };
    widened(&io::stdin());
    widened(&io::stdout());
}

#[cfg(not(target_os = "linux"))]
pub(super) fn widen() {}
