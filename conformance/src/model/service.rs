//! Services, operations and shapes, straight from the models' JSON.

use bedrock_fixtures::{models, overlays};
use serde_json::{Map, Value};

use crate::digest::sha256;
use crate::percent;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON bodies, paths and headers by the model.
    RestJson,
    /// A form in, XML out.
    Query,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// As in `Converse`.
    pub name: String,
    /// HTTP method.
    pub method: String,
    /// Path template, as in `/model/{modelId}/converse`.
    pub uri: String,
    /// The status of success.
    pub status: u16,
    /// Input shape, if it has one.
    pub input: Option<String>,
    /// Output shape, if it has one.
    pub output: Option<String>,
    /// What wraps the output in a query answer.
    pub wrapper: Option<String>,
    /// Error shapes with their statuses.
    pub errors: Vec<(String, Option<u16>)>,
}

/// One service.
#[derive(Debug)]
pub struct Service {
    /// The endpoint's name, as in `bedrock-runtime`.
    pub name: String,
    /// The service's full name.
    pub full_name: String,
    /// The package that the model was taken from.
    pub package: String,
    /// That package's version.
    pub package_version: String,
    /// The name in a signature's scope.
    pub signing_name: String,
    /// The date that names the API's version.
    pub version: String,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its operations, in the model's order.
    pub operations: Vec<Operation>,
    shapes: Map<String, Value>,
}

/// The models that come with the suite.
const EMBEDDED: [&str; 4] = [
    models::BEDROCK_RUNTIME,
    models::BEDROCK,
    models::IAM,
    models::STS,
];

/// The names of their endpoints, in the same order.
pub(crate) const SERVICES: [&str; 4] = ["bedrock-runtime", "bedrock", "iam", "sts"];

/// A model that is not built as models are.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// The text is not JSON.
    #[error(transparent)]
    NotJson(#[from] serde_json::Error),
    /// A member that every model has is missing, or is not what it is in every model.
    #[error("{pointer} is missing or not {expected}")]
    Member {
        /// JSON pointer to the member.
        pointer: String,
        /// What it is in every model.
        expected: &'static str,
    },
}

/// All services that the suite knows.
#[derive(Debug)]
pub struct Models {
    services: Vec<Service>,
}

impl Models {
    /// Returns the SHA-256 of the models and their overlay: runs by different models are not parts
    /// of one.
    pub fn hash() -> String {
        let models = EMBEDDED.iter().map(|text| text.as_bytes());
        sha256(models.chain([overlays::MODEL.as_bytes()]))
    }

    /// Reads the models that come with the suite.
    ///
    /// # Errors
    /// When one of them is not built as models are.
    pub fn embedded() -> Result<Self, Malformed> {
        let services = EMBEDDED
            .into_iter()
            .map(Service::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self { services })
    }

    /// All of them.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of that endpoint name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The operation of that name; no two services share one.
    pub fn operation(&self, name: &str) -> Option<(&Service, &Operation)> {
        self.services.iter().find_map(|service| {
            service
                .operations
                .iter()
                .find(|operation| operation.name == name)
                .map(|operation| (service, operation))
        })
    }

    /// Returns the names of all operations of all services.
    pub fn operation_names(&self) -> impl Iterator<Item = &str> {
        let operations = self.services.iter().flat_map(|service| &service.operations);
        operations.map(|operation| operation.name.as_str())
    }

    /// The operation that a raw request means: by method and path, or by the form's `Action`.
    pub fn route(
        &self,
        service: &str,
        method: &str,
        target: &str,
        body: &[u8],
    ) -> Option<(&Service, &Operation)> {
        let service = self.service(service)?;
        let operation = match service.protocol {
            Protocol::RestJson => {
                let path = target.split('?').next().unwrap_or_default();
                service
                    .operations
                    .iter()
                    .find(|operation| operation.method == method && matches(&operation.uri, path))
            }
            Protocol::Query => {
                let text = std::str::from_utf8(body).ok()?;
                let action = text
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("Action="))?;
                let action = String::from_utf8(percent::decode(action)).ok()?;
                service
                    .operations
                    .iter()
                    .find(|operation| operation.name == action)
            }
        }?;
        Some((service, operation))
    }
}

/// Whether a raw path is the template's: one segment for each label, none empty.
fn matches(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) => {
                let label = expected.starts_with('{');
                if (label && found.is_empty()) || (!label && expected != found) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

impl Operation {
    fn read(name: &str, stated: &Value, model: &Value) -> Result<Self, Malformed> {
        let member = |of: &str| string(model, &format!("/operations/{name}{of}"));
        let shape = |value: &Value| value.as_str().map(str::to_owned);
        let status = |value: &Value| value.as_u64().and_then(|code| u16::try_from(code).ok());
        let listed = stated["errors"].as_array().map_or(0, Vec::len);
        let errors = (0..listed).map(|index| {
            let error = member(&format!("/errors/{index}/shape"))?;
            let code = status(&model["shapes"][&error]["error"]["httpStatusCode"]);
            Ok((error, code))
        });
        Ok(Self {
            name: name.to_owned(),
            method: member("/http/method")?,
            uri: member("/http/requestUri")?,
            status: status(&stated["http"]["responseCode"]).unwrap_or(200),
            input: shape(&stated["input"]["shape"]),
            output: shape(&stated["output"]["shape"]),
            wrapper: shape(&stated["output"]["resultWrapper"]),
            errors: errors.collect::<Result<_, Malformed>>()?,
        })
    }
}

fn string(model: &Value, pointer: &str) -> Result<String, Malformed> {
    let found = model.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| Malformed::Member {
        pointer: pointer.to_owned(),
        expected: "a string",
    })
}

impl Service {
    /// Reads one model from its JSON text.
    ///
    /// # Errors
    /// When it is not built as models are.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let model: Value = serde_json::from_str(text)?;
        let operations = model["operations"].as_object();
        let operations = operations.ok_or_else(|| Malformed::Member {
            pointer: "/operations".to_owned(),
            expected: "an object",
        })?;
        let operations = operations
            .iter()
            .map(|(name, stated)| Operation::read(name, stated, &model))
            .collect::<Result<_, _>>()?;
        let name = string(&model, "/metadata/endpointPrefix")?;
        let protocol = match model["metadata"]["protocol"].as_str() {
            Some("query") => Protocol::Query,
            _ => Protocol::RestJson,
        };
        Ok(Self {
            signing_name: model["metadata"]["signingName"]
                .as_str()
                .unwrap_or(&name)
                .to_owned(),
            full_name: string(&model, "/metadata/serviceFullName")?,
            version: string(&model, "/metadata/apiVersion")?,
            package: string(&model, "/provenance/package")?,
            package_version: string(&model, "/provenance/version")?,
            name,
            protocol,
            operations,
            shapes: model["shapes"].as_object().cloned().unwrap_or_default(),
        })
    }

    /// A shape as the model states it; null if there is none of that name.
    pub fn shape(&self, name: &str) -> &Value {
        self.shapes.get(name).unwrap_or(&Value::Null)
    }

    /// All shape names.
    pub fn shape_names(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().map(String::as_str)
    }

    /// Members of a structure in the model's order: name, member, shape name.
    pub fn members(&self, shape: &str) -> Vec<(&str, &Value, &str)> {
        match self.shape(shape)["members"].as_object() {
            None => Vec::new(),
            Some(members) => members
                .iter()
                .map(|(name, member)| {
                    let shape = member["shape"].as_str().unwrap_or_default();
                    (name.as_str(), member, shape)
                })
                .collect(),
        }
    }

    /// Whether a structure's member is required.
    pub fn is_required(&self, shape: &str, member: &str) -> bool {
        self.shape(shape)["required"]
            .as_array()
            .is_some_and(|names| names.iter().any(|name| name == member))
    }

    /// The member of an output that is an event stream: its name and the stream's shape.
    pub fn event_stream(&self, output: &str) -> Option<(&str, &str)> {
        self.members(output)
            .into_iter()
            .find(|(.., shape)| self.shape(shape)["eventstream"] == true)
            .map(|(name, _, shape)| (name, shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_requests_find_their_operation() {
        let models = Models::embedded().unwrap();
        let route = |service, method, target, body: &str| {
            models
                .route(service, method, target, body.as_bytes())
                .map(|(_, operation)| operation.name.as_str())
        };
        assert_eq!(
            route("bedrock-runtime", "POST", "/model/a%2Fb:0/converse", ""),
            Some("Converse")
        );
        assert_eq!(
            route("bedrock-runtime", "POST", "/model/a/b/converse", ""),
            None
        );
        assert_eq!(
            route("bedrock-runtime", "POST", "/model//converse", ""),
            None
        );
        assert_eq!(
            route("bedrock-runtime", "GET", "/model/a/converse", ""),
            None
        );
        assert_eq!(
            route("bedrock", "GET", "/inference-profiles?maxResults=1", ""),
            Some("ListInferenceProfiles")
        );
        assert_eq!(
            route("iam", "POST", "/", "Version=1&Action=CreateUser"),
            Some("CreateUser")
        );
    }

    #[test]
    fn no_two_services_share_an_operation_name() {
        let models = Models::embedded().unwrap();
        let mut names: Vec<_> = models
            .services()
            .iter()
            .flat_map(|service| service.operations.iter().map(|operation| &operation.name))
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn every_embedded_model_reads_and_is_the_service_it_is_named_for() {
        let models = Models::embedded().unwrap();
        let names: Vec<_> = models
            .services()
            .iter()
            .map(|of| of.name.as_str())
            .collect();
        assert_eq!(names, SERVICES);
        for name in SERVICES {
            let service = models.service(name).unwrap();
            assert_eq!(service.package, "botocore");
            assert!(!service.operations.is_empty(), "{name}");
        }
    }

    #[test]
    fn converse_is_as_published() {
        let models = Models::embedded().unwrap();
        let (service, converse) = models.operation("Converse").unwrap();
        assert_eq!(service.name, "bedrock-runtime");
        assert_eq!(converse.method, "POST");
        assert_eq!(converse.uri, "/model/{modelId}/converse");
        for error in [("ModelErrorException", 424), ("ThrottlingException", 429)] {
            let listed = (error.0.to_owned(), Some(error.1));
            assert!(converse.errors.contains(&listed), "{error:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let text = r#"{"metadata":{"endpointPrefix":"x","serviceFullName":"X","apiVersion":"1"},
            "provenance":{"package":"p","version":"1"},
            "operations":{"Do":{"http":{"method":"POST"}}}}"#;
        let error = Service::parse(text).unwrap_err().to_string();
        assert_eq!(
            error,
            "/operations/Do/http/requestUri is missing or not a string"
        );
        assert_eq!(
            Service::parse("{}").unwrap_err().to_string(),
            "/operations is missing or not an object"
        );
    }
}
