//! The service models as the suite reads them: its own view of shared data.

use bedrock_fixtures::{models, overlays};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The models that come with the suite, by the name AWS gives the service's endpoint.
pub const EMBEDDED: [(&str, &str); 4] = [
    ("bedrock-runtime", models::BEDROCK_RUNTIME),
    ("bedrock", models::BEDROCK),
    ("iam", models::IAM),
    ("sts", models::STS),
];

/// SHA-256 of the models and their overlay: runs by different models are no parts of one.
pub fn hash() -> String {
    let models = EMBEDDED.iter().map(|(_, text)| text.as_bytes());
    sha256(models.chain([overlays::MODEL.as_bytes()]))
}

/// SHA-256 of pieces in a row, in hexadecimal.
pub(crate) fn sha256<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update(piece);
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One service as AWS publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceModel {
    /// The name of the service's endpoint, as in `bedrock-runtime`.
    pub endpoint: String,
    /// The service's full name.
    pub full_name: String,
    /// The date that names this version of the API.
    pub api_version: String,
    /// The package the model was taken from.
    pub package: String,
    /// That package's version.
    pub package_version: String,
    /// All operations, in the model's order.
    pub operations: Vec<Operation>,
}

/// One operation of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// As in `Converse`.
    pub name: String,
    /// The HTTP method.
    pub method: String,
    /// Path template, as in `/model/{modelId}/converse`.
    pub uri: String,
    /// The error shapes that the model lists, with the HTTP status of each where it states one.
    pub errors: Vec<(String, Option<u16>)>,
}

/// A model that is not built as models are; says where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(String);

impl std::fmt::Display for Malformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

impl ServiceModel {
    /// Reads a model from its JSON text.
    ///
    /// # Errors
    /// When the text is no JSON, or a member that every model has is missing.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let model: Value =
            serde_json::from_str(text).map_err(|error| Malformed(error.to_string()))?;
        let operations = model["operations"]
            .as_object()
            .ok_or_else(|| Malformed("/operations is missing".to_owned()))?;
        Ok(Self {
            endpoint: string(&model, "/metadata/endpointPrefix")?,
            full_name: string(&model, "/metadata/serviceFullName")?,
            api_version: string(&model, "/metadata/apiVersion")?,
            package: string(&model, "/provenance/package")?,
            package_version: string(&model, "/provenance/version")?,
            operations: operations
                .iter()
                .map(|(name, operation)| {
                    Operation::read(name, operation, &model["shapes"])
                        .map_err(|error| Malformed(format!("/operations/{name}: {error}")))
                })
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Operation {
    fn read(name: &str, operation: &Value, shapes: &Value) -> Result<Self, Malformed> {
        let errors = operation["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(Self {
            name: name.to_owned(),
            method: string(operation, "/http/method")?,
            uri: string(operation, "/http/requestUri")?,
            errors: errors
                .iter()
                .map(|error| {
                    let shape = string(error, "/shape")?;
                    let status = shapes[&shape]["error"]["httpStatusCode"].as_u64();
                    Ok((shape, status.and_then(|status| u16::try_from(status).ok())))
                })
                .collect::<Result<_, _>>()?,
        })
    }
}

fn string(value: &Value, pointer: &str) -> Result<String, Malformed> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Malformed(format!("{pointer} is missing or no string")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded(endpoint: &str) -> ServiceModel {
        let (_, text) = EMBEDDED.iter().find(|(name, _)| *name == endpoint).unwrap();
        ServiceModel::parse(text).unwrap()
    }

    #[test]
    fn every_embedded_model_reads_and_is_the_service_it_is_named_for() {
        for (name, text) in EMBEDDED {
            let model = ServiceModel::parse(text).unwrap();
            assert_eq!(model.endpoint, name);
            assert_eq!(model.package, "botocore");
            assert!(!model.operations.is_empty(), "{name}");
        }
    }

    #[test]
    fn converse_is_as_published() {
        let runtime = embedded("bedrock-runtime");
        let converse = runtime
            .operations
            .iter()
            .find(|operation| operation.name == "Converse")
            .unwrap();

        assert_eq!(converse.method, "POST");
        assert_eq!(converse.uri, "/model/{modelId}/converse");
        assert!(
            converse
                .errors
                .contains(&("ModelErrorException".to_owned(), Some(424)))
        );
        assert!(
            converse
                .errors
                .contains(&("ThrottlingException".to_owned(), Some(429)))
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = r#"{"metadata":{"endpointPrefix":"x","serviceFullName":"X","apiVersion":"1"},
            "provenance":{"package":"p","version":"1"},
            "operations":{"Do":{"http":{"method":"POST"}}}}"#;
        let error = ServiceModel::parse(text).unwrap_err().to_string();
        assert_eq!(
            error,
            "/operations/Do: /http/requestUri is missing or no string"
        );

        assert_eq!(
            ServiceModel::parse("{}").unwrap_err().to_string(),
            "/operations is missing"
        );
    }
}
