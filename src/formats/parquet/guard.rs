//! The one door to the parquet crate: where it panics, the file is told to be damaged.
//!
//! The crate gives errors for most of what can be wrong with a file, but not for all: lengths inside of pages, above
//! all, are taken for what they say.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use super::ParquetError;

thread_local! {
    /// A panic on this thread will be an error, and is not told in any other way.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Does what calls the crate. What `work` was working on is in no known state after a panic: it is not to be used
/// again.
///
/// # Errors
/// Those of `work`, and [`ParquetError::Damaged`] where it panics.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    keep_caught_panics_quiet();
    let outer = IS_CAUGHT.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(outer);
    done.unwrap_or_else(|panic| Err(ParquetError::Damaged(said(&*panic))))
}

/// Puts a hook before the one that prints panics, which it leaves all others to.
fn keep_caught_panics_quiet() {
    static HOOK: Once = Once::new();
    // Hooks cannot be changed by a thread that is panicking.
    if thread::panicking() {
        return;
    }
    HOOK.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_CAUGHT.get() {
                tell(panic);
            }
        }));
    });
}

/// The first line of what a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let formatted = panic.downcast_ref::<String>().map(String::as_str);
    let message = formatted.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    message.lines().next().unwrap_or("its parts do not fit").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(work: impl FnOnce() -> Result<(), ParquetError>) -> String {
        guarded(work).unwrap_err().to_string()
    }

    #[test]
    fn panics_are_errors_and_errors_stay() {
        assert_eq!(guarded(|| Ok(7)).unwrap(), 7);
        assert!(told(|| panic!("10 bytes are too many")).contains("(10 bytes are too many)"));
        assert!(told(|| panic!("{} bytes\nare too many", 10)).contains("(10 bytes)"));
        assert!(told(|| panic::panic_any(3)).contains("(its parts do not fit)"));
        assert!(told(|| Err(ParquetError::TooShort)).contains("has not the rows"));
    }

    #[test]
    fn other_panics_are_told_as_before() {
        let _ = told(|| panic!("quiet"));
        assert!(!IS_CAUGHT.get());
        let inner = guarded(|| {
            let _ = guarded(|| Ok(()));
            Ok(IS_CAUGHT.get())
        });
        assert!(inner.unwrap());
    }
}
