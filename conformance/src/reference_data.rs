//! What the suite knows of the service: models, their overlay, and the error texts.

use crate::model::{ErrorRows, Models, Overlay};

/// All shared data, read once.
#[derive(Debug)]
pub struct ReferenceData {
    /// The service models.
    pub models: Models,
    /// Where the service departs from them.
    pub overlay: Overlay,
    /// The service's error texts.
    pub errors: ErrorRows,
}

impl ReferenceData {
    /// What comes with the suite.
    ///
    /// # Errors
    /// When the data in the suite is not built as it must be, which its tests prevent.
    pub fn embedded() -> Result<Self, String> {
        Ok(Self {
            models: Models::embedded().map_err(|error| error.to_string())?,
            overlay: Overlay::embedded(),
            errors: ErrorRows::embedded()?,
        })
    }

    /// Whether any model has a shape of that name.
    pub fn is_shape(&self, name: &str) -> bool {
        self.models
            .services()
            .iter()
            .any(|service| !service.shape(name).is_null())
    }
}
