//! The call that a fault applies to.

use super::{Descriptor, Reach};
use crate::model::{Model, Operation, Protocol};
use crate::operations::OperationId;
use crate::wire::rows::{self, Area};

/// What faults need to know of a call.
#[derive(Clone, Copy)]
pub struct FaultContext<'a> {
    /// The service's model.
    pub model: &'a Model,
    /// The operation.
    pub operation: &'a Operation,
}

impl<'a> FaultContext<'a> {
    /// Returns whether the operation answers with a stream of events.
    pub fn streams(&self) -> bool {
        self.operation.streams
    }

    /// Returns whether the service answers in XML.
    pub fn is_query(&self) -> bool {
        self.model.protocol == Protocol::Query
    }

    /// Returns whether a kind of fault can break answers of this operation at all.
    pub fn within(&self, descriptor: &Descriptor) -> bool {
        match descriptor.reach {
            Reach::Any => true,
            Reach::Whole => !self.streams(),
            Reach::Streams => self.streams(),
            Reach::ConverseStream => self.is(OperationId::ConverseStream),
            Reach::InvokeModelWithResponseStream => {
                self.is(OperationId::InvokeModelWithResponseStream)
            }
        }
    }

    fn is(&self, id: OperationId) -> bool {
        self.operation.known.is_some_and(|known| known.id == id)
    }

    /// Returns whether the operation can answer with an exception: its model lists it, or the front door and
    /// authentication, which come before every operation, give it.
    pub fn gives(&self, kind: &str) -> bool {
        let rows = || rows::all().filter(|row| row.kind == kind);
        let listed = |name: &str| {
            let code = || {
                name.strip_suffix("Exception") == Some(kind)
                    || rows().any(|row| row.replaces.contains(&name))
            };
            name == kind || (self.is_query() && code())
        };
        if self.operation.errors.iter().any(|name| listed(name)) {
            return true;
        }
        match self.is_query() {
            // The common errors of the query protocol stand in no model.
            true => {
                rows().any(|row| row.area == Area::Query)
                    || matches!(
                        kind,
                        "ThrottlingException"
                            | "ServiceUnavailableException"
                            | "InternalServerException"
                            | "AccessDeniedException"
                            | "Throttling"
                            | "ServiceUnavailable"
                            | "InternalFailure"
                    )
            }
            false => rows().any(|row| {
                row.area == Area::Auth
                    || (row.area == Area::FrontDoor && row != rows::front_door::NOT_IMITATED)
            }),
        }
    }

    /// The stream's member for an exception, for example `throttlingException`, by either name.
    pub fn stream_member(&self, kind: &str) -> Option<&'a str> {
        let stream = self.model.event_stream(self.operation)?;
        let members = self.model.members(stream.shape).iter();
        let mut members = members.filter(|m| {
            let shape = &*self.model.shape(m.shape).name;
            self.model.exception_status(shape).is_some()
        });
        members
            .find(|m| *m.name == *kind || *self.model.shape(m.shape).name == *kind)
            .map(|m| &*m.name)
    }
}
