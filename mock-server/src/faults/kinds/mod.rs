//! The kinds of faults: a file and a line for each.

use serde::Serialize;
use serde_json::Value;

use super::{Descriptor, EncodedFrame, FaultContext, Hold, Pacing, Plan};
use crate::wire::event::Source;
use crate::wire::{Answer, ApiError};

pub mod body_not_json;
pub mod coalesce;
pub mod corrupt_message_crc;
pub mod corrupt_prelude_crc;
pub mod delay;
pub mod double_wrapped_payload;
pub mod drop_event;
pub mod duplicate_event;
pub mod empty_text_start;
pub mod end_after_bytes;
pub mod end_after_events;
pub mod exception;
pub mod foreign_error_body;
pub mod hang;
pub mod json_error_with_200;
pub mod missing_request_id;
pub mod no_padding;
pub mod no_terminator;
pub mod oversized_frame;
pub mod pacing;
pub mod rechunk;
pub mod reorder_events;
pub mod reset_after_bytes;
pub mod reset_after_events;
pub mod reset_before_head;
pub mod sse_inside;
pub mod stall;
pub mod stream_exception;
pub mod truncate_body;
pub mod unknown_event;
pub mod unknown_union_member;
pub mod unwrapped_chunk;
pub mod which;
pub mod wrong_error_type;
pub mod wrong_event_type;
pub mod wrong_length;
pub mod wrong_status;
pub mod zero_usage;

/// What a kind of fault does. Each method is a place where an answer can be broken; a kind has those
/// that it needs.
pub(crate) trait FaultEffect {
    /// Returns the description of this kind.
    fn descriptor(&self) -> &'static Descriptor;

    /// Says what is wrong with its parameters: the parameter's name, a colon, what was expected.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Whether it can break answers of an operation that is within its reach.
    fn reaches(&self, _context: &FaultContext<'_>) -> bool {
        true
    }

    /// What the client gets instead of an answer.
    fn refusal(&self, _context: &FaultContext<'_>) -> Option<ApiError> {
        None
    }

    /// What happens before the head leaves.
    fn hold(&self) -> Option<Hold> {
        None
    }

    /// How fast the events of a stream leave.
    fn pacing(&self) -> Option<&Pacing> {
        None
    }

    /// Changes status, headers or a whole body.
    fn apply_to_answer(&self, _answer: &mut Answer, _context: &FaultContext<'_>) {}

    /// Changes the events of a stream before they are framed.
    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        source
    }

    /// Changes a frame.
    fn frame(&self, _made: &mut EncodedFrame<'_>) {}

    /// Says what is to happen to the bytes of the body; `length` is that of a whole one.
    fn plan(&self, _plan: &mut Plan, _length: Option<usize>) {}
}

/// The table: variant, module, name.
macro_rules! kinds {
    ($($variant:ident $module:ident $name:literal,)*) => {
        /// One way to break an answer. In JSON it is an object: `kind`, and the kind's parameters.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Fault {
            $(#[doc = concat!("`", $name, "`: see [`", stringify!($module), "`].")]
            $variant($module::$variant),)*
        }

        /// What every kind says about itself, in the order of the table.
        pub const KINDS: &[Descriptor] = &[$($module::DESCRIPTOR,)*];

        impl Fault {
            pub(super) fn inner(&self) -> &dyn FaultEffect {
                match self { $(Self::$variant(fault) => fault,)* }
            }

            /// Its parameters as JSON.
            pub(super) fn parameters(&self) -> Value {
                match self { $(Self::$variant(fault) => to_value(fault),)* }
            }

            /// Reads the parameters of a kind; none if there is no such kind.
            pub(super) fn read_kind(
                kind: &str,
                parameters: Value,
            ) -> Option<Result<Self, serde_json::Error>> {
                Some(match kind {
                    $($name => serde_json::from_value(parameters).map(Self::$variant),)*
                    _ => return None,
                })
            }
        }

        $(impl From<$module::$variant> for Fault {
            fn from(fault: $module::$variant) -> Self {
                Self::$variant(fault)
            }
        })*
    };
}

kinds! {
    Exception exception "exception",
    Delay delay "delay",
    Hang hang "hang",
    ResetBeforeHead reset_before_head "reset-before-head",
    StreamException stream_exception "stream-exception",
    EndAfterEvents end_after_events "end-after-events",
    EndAfterBytes end_after_bytes "end-after-bytes",
    ResetAfterEvents reset_after_events "reset-after-events",
    ResetAfterBytes reset_after_bytes "reset-after-bytes",
    NoTerminator no_terminator "no-terminator",
    Stall stall "stall",
    Paced pacing "pacing",
    CorruptPreludeCrc corrupt_prelude_crc "corrupt-prelude-crc",
    CorruptMessageCrc corrupt_message_crc "corrupt-message-crc",
    WrongLength wrong_length "wrong-length",
    OversizedFrame oversized_frame "oversized-frame",
    Rechunk rechunk "rechunk",
    Coalesce coalesce "coalesce",
    DuplicateEvent duplicate_event "duplicate-event",
    ReorderEvents reorder_events "reorder-events",
    DropEvent drop_event "drop-event",
    UnknownEvent unknown_event "unknown-event",
    WrongEventType wrong_event_type "wrong-event-type",
    UnknownUnionMember unknown_union_member "unknown-union-member",
    EmptyTextStart empty_text_start "empty-text-start",
    DoubleWrappedPayload double_wrapped_payload "double-wrapped-payload",
    UnwrappedChunk unwrapped_chunk "unwrapped-chunk",
    NoPadding no_padding "no-padding",
    ZeroUsage zero_usage "zero-usage",
    SseInside sse_inside "sse-inside",
    JsonErrorWith200 json_error_with_200 "json-error-with-200",
    TruncateBody truncate_body "truncate-body",
    BodyNotJson body_not_json "body-not-json",
    MissingRequestId missing_request_id "missing-request-id",
    WrongErrorType wrong_error_type "wrong-error-type",
    WrongStatus wrong_status "wrong-status",
    ForeignErrorBody foreign_error_body "foreign-error-body",
}

fn to_value(parameters: &impl Serialize) -> Value {
    // Names, numbers and texts; nothing in them that JSON cannot say.
    serde_json::to_value(parameters).unwrap_or_default()
}
