//! Work that many threads share and whose results come out in the order of the input.
//!
//! There is no thread for reading and none for writing: a worker takes the next item, works on it, and writes
//! the results that are ready, its own and those that waited for it. So nothing that is done waits for input
//! that may never come, and what is under way is bounded by the number of workers.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many items may be taken and not yet written, for each worker.
const AHEAD: usize = 2;

/// Takes items from `source` until it has no more, works on them with `jobs` threads, and hands the results to
/// `sink` in the order of the items, with a state that is given back in the end.
///
/// With one job all of it happens on the calling thread. With more, an error ends the call at once; a thread
/// that is waiting for input at that time ends when the input comes.
///
/// # Errors
/// The first error of `source` or `sink`, in the order of the items. The state is given back with it.
pub fn in_order<I, O, E, T>(
    jobs: NonZeroUsize,
    source: impl FnMut() -> Result<Option<I>, E> + Send + 'static,
    work: impl Fn(I) -> O + Send + Sync + 'static,
    state: T,
    sink: impl FnMut(&mut T, O) -> Result<(), E> + Send + 'static,
) -> (T, Result<(), E>)
where
    I: Send + 'static,
    O: Send + 'static,
    E: Send + 'static,
    T: Send + 'static,
{
    if jobs.get() == 1 {
        return one_by_one(source, work, state, sink);
    }
    let shared = Arc::new(Shared {
        source: Mutex::new(Source { next: 0, ended: false, take: source }),
        out: Mutex::new(Out {
            taken: 0,
            next: 0,
            end: None,
            waiting: BTreeMap::new(),
            state: Some(state),
            sink,
            outcome: None,
        }),
        changed: Condvar::new(),
        work,
        ahead: jobs.get() * AHEAD,
    });
    for _ in 0..jobs.get() {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let guard = Guard(&shared);
            shared.run();
            std::mem::forget(guard);
        });
    }
    let mut out = lock(&shared.out);
    loop {
        if out.outcome.is_some()
            && let Some(state) = out.state.take()
        {
            let outcome = out.outcome.replace(Outcome::Ended).unwrap_or(Outcome::Ended);
            return match outcome {
                Outcome::Ended => (state, Ok(())),
                Outcome::Failed(error) => (state, Err(error)),
                Outcome::Panicked => panic!("a worker panicked"),
            };
        }
        out = shared.changed.wait(out).unwrap_or_else(PoisonError::into_inner);
    }
}

fn one_by_one<I, O, E, T>(
    mut source: impl FnMut() -> Result<Option<I>, E>,
    work: impl Fn(I) -> O,
    mut state: T,
    mut sink: impl FnMut(&mut T, O) -> Result<(), E>,
) -> (T, Result<(), E>) {
    loop {
        let done = match source() {
            Ok(Some(item)) => sink(&mut state, work(item)),
            Ok(None) => return (state, Ok(())),
            Err(error) => Err(error),
        };
        if done.is_err() {
            return (state, done);
        }
    }
}

struct Shared<F, W, O, E, T, S> {
    source: Mutex<Source<F>>,
    out: Mutex<Out<O, E, T, S>>,
    changed: Condvar,
    work: W,
    ahead: usize,
}

struct Source<F> {
    next: u64,
    ended: bool,
    take: F,
}

struct Out<O, E, T, S> {
    /// Items taken from the source.
    taken: u64,
    /// The item whose result is to be written next.
    next: u64,
    /// How many items there are, once that is known.
    end: Option<u64>,
    waiting: BTreeMap<u64, Result<O, E>>,
    state: Option<T>,
    sink: S,
    outcome: Option<Outcome<E>>,
}

enum Outcome<E> {
    Ended,
    Failed(E),
    Panicked,
}

impl<I, O, E, T, F, W, S> Shared<F, W, O, E, T, S>
where
    F: FnMut() -> Result<Option<I>, E>,
    W: Fn(I) -> O,
    S: FnMut(&mut T, O) -> Result<(), E>,
{
    fn run(&self) {
        while self.may_take() {
            let mut source = lock(&self.source);
            if source.ended {
                return;
            }
            let number = source.next;
            source.next += 1;
            let result = match (source.take)() {
                Ok(Some(item)) => {
                    drop(source);
                    Ok((self.work)(item))
                }
                Ok(None) => {
                    source.ended = true;
                    return self.ended_at(number);
                }
                Err(error) => {
                    source.ended = true;
                    Err(error)
                }
            };
            self.deliver(number, result);
        }
    }

    /// Waits until there is room for one more item; false when all is over.
    fn may_take(&self) -> bool {
        let mut out = lock(&self.out);
        while out.outcome.is_none() && out.taken - out.next >= self.ahead as u64 {
            out = self.changed.wait(out).unwrap_or_else(PoisonError::into_inner);
        }
        out.taken += 1;
        out.outcome.is_none()
    }

    fn deliver(&self, number: u64, result: Result<O, E>) {
        let mut out = lock(&self.out);
        out.waiting.insert(number, result);
        out.write_ready();
        drop(out);
        self.changed.notify_all();
    }

    fn ended_at(&self, number: u64) {
        let mut out = lock(&self.out);
        out.end = Some(number);
        out.write_ready();
        drop(out);
        self.changed.notify_all();
    }
}

impl<O, E, T, S> Out<O, E, T, S>
where
    S: FnMut(&mut T, O) -> Result<(), E>,
{
    fn write_ready(&mut self) {
        let Some(state) = self.state.as_mut().filter(|_| self.outcome.is_none()) else { return };
        while let Some(result) = self.waiting.remove(&self.next) {
            self.next += 1;
            if let Err(error) = result.and_then(|result| (self.sink)(state, result)) {
                self.outcome = Some(Outcome::Failed(error));
                return;
            }
        }
        if self.end == Some(self.next) {
            self.outcome = Some(Outcome::Ended);
        }
    }
}

/// Tells the caller when its worker panics.
struct Guard<'a, F, W, O, E, T, S>(&'a Shared<F, W, O, E, T, S>);

impl<F, W, O, E, T, S> Drop for Guard<'_, F, W, O, E, T, S> {
    fn drop(&mut self) {
        lock(&self.0.out).outcome.get_or_insert(Outcome::Panicked);
        self.0.changed.notify_all();
    }
}

/// A panic while the lock was held is told by [`Guard`].
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    /// Numbers up to `n`, then `Err` if `fails`; each is worked on for a time that has nothing to do with its place.
    fn run(n: u32, count: usize, fails: bool) -> (Vec<u32>, Result<(), u32>) {
        let mut next = 0;
        let source = move || {
            next += 1;
            if next <= n {
                Ok(Some(next))
            } else if fails {
                Err(next)
            } else {
                Ok(None)
            }
        };
        let work = |i: u32| {
            thread::sleep(std::time::Duration::from_micros(u64::from(i * 7919 % 13) * 50));
            i * 2
        };
        in_order(jobs(count), source, work, Vec::new(), |out, i| {
            out.push(i);
            Ok(())
        })
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let expected: Vec<u32> = (1..=200).map(|i| i * 2).collect();
        for count in [1, 2, 7] {
            assert_eq!(run(200, count, false), (expected.clone(), Ok(())));
            assert_eq!(run(0, count, false), (vec![], Ok(())));
        }
    }

    #[test]
    fn an_error_of_the_source_comes_after_what_was_before_it() {
        let expected: Vec<u32> = (1..=20).map(|i| i * 2).collect();
        for count in [1, 2, 7] {
            assert_eq!(run(20, count, true), (expected.clone(), Err(21)));
        }
    }

    #[test]
    fn an_error_of_the_sink_ends_the_call_though_the_input_is_silent() {
        let (_hold, silent) = std::sync::mpsc::channel::<()>();
        let silent = Mutex::new(silent);
        let mut first = true;
        let source = move || {
            if !std::mem::take(&mut first) {
                let _ = lock(&silent).recv();
            }
            Ok(Some(1))
        };
        let (seen, outcome) = in_order(
            jobs(2),
            source,
            |i| i,
            0,
            |seen, i: i32| {
                *seen += i;
                Err("full")
            },
        );
        assert_eq!((seen, outcome), (1, Err("full")));
    }
}
