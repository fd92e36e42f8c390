//! How an answer is delivered: what goes wrong on its way, and how fast it goes.

use std::time::Duration;

use super::{Fault, Pacing, Plan};

/// How an answer is delivered. The default is at once and unharmed.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// What goes wrong; what acted before the head is done already.
    pub faults: Vec<Fault>,
    /// Speed of a stream; boxed, for few answers have one and all are passed around.
    pub pacing: Option<Box<Pacing>>,
}

/// What happens before the head of an answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It waits.
    For(Duration),
    /// It never leaves.
    Forever,
    /// The connection, or the HTTP/2 stream, is reset instead.
    Reset,
}

impl Delivery {
    /// Returns what happens before the response head, in order.
    pub fn holds(&self) -> impl Iterator<Item = Hold> {
        self.faults.iter().filter_map(|fault| fault.effect().hold())
    }

    /// Returns what happens to the bytes of the body; `length` is that of a unary body, in bytes.
    pub fn plan(&self, length: Option<usize>) -> Plan {
        let mut plan = Plan::default();
        for fault in &self.faults {
            fault.effect().plan(&mut plan, length);
        }
        plan
    }
}
