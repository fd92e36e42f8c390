//! Which core works for whom: servers on one, what asks on another.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The core of what asks, counted among those that this process may use.
pub const ASKING: usize = 1;
/// The core of servers.
pub const SERVING: usize = 0;

/// Pins this thread, and with it what it starts from now on. On a machine with one core everything
/// shares it, which the report says.
pub fn to(nth: usize) {
    let cores = cores();
    if let Some(core) = cores.get(nth) {
        let mut set = CpuSet::new();
        set.set(*core);
        let _ = sched_setaffinity(None, &set);
    }
}

/// How many cores the machine lets this process use, before it pinned itself.
pub fn count() -> usize {
    cores().len()
}

fn cores() -> Vec<usize> {
    static CORES: std::sync::OnceLock<Vec<usize>> = std::sync::OnceLock::new();
    CORES
        .get_or_init(|| {
            let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
            (0..CpuSet::MAX_CPU).filter(|c| set.is_set(*c)).collect()
        })
        .clone()
}
