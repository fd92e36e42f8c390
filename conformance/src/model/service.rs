//! Services, operations and shapes, straight from the models' JSON.

use bedrock_fixtures::models;
use serde_json::{Map, Value};

use super::percent;
use crate::service_models::{Malformed, ServiceModel};

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

/// All services that the suite knows.
#[derive(Debug)]
pub struct Models {
    services: Vec<Service>,
}

impl Models {
    /// Reads the models that come with the suite.
    ///
    /// # Errors
    /// When one of them is not built as models are.
    pub fn embedded() -> Result<Self, Malformed> {
        let services = [
            models::BEDROCK_RUNTIME,
            models::BEDROCK,
            models::IAM,
            models::STS,
        ]
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

impl Service {
    /// Reads one model from its JSON text.
    ///
    /// # Errors
    /// When it is not built as models are.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let read = ServiceModel::parse(text)?;
        let whole: Value = serde_json::from_str(text).unwrap_or_default();
        let metadata = &whole["metadata"];
        let protocol = match metadata["protocol"].as_str() {
            Some("query") => Protocol::Query,
            _ => Protocol::RestJson,
        };
        let operations = read
            .operations
            .iter()
            .map(|operation| {
                let stated = &whole["operations"][&operation.name];
                let name = |value: &Value| value.as_str().map(str::to_owned);
                Operation {
                    name: operation.name.clone(),
                    method: operation.method.clone(),
                    uri: operation.uri.clone(),
                    status: stated["http"]["responseCode"]
                        .as_u64()
                        .and_then(|status| u16::try_from(status).ok())
                        .unwrap_or(200),
                    input: name(&stated["input"]["shape"]),
                    output: name(&stated["output"]["shape"]),
                    wrapper: name(&stated["output"]["resultWrapper"]),
                    errors: operation.errors.clone(),
                }
            })
            .collect();
        let shapes = match &whole["shapes"] {
            Value::Object(shapes) => shapes.clone(),
            _ => Map::new(),
        };
        Ok(Self {
            signing_name: metadata["signingName"]
                .as_str()
                .unwrap_or(&read.endpoint)
                .to_owned(),
            name: read.endpoint,
            version: read.api_version,
            protocol,
            operations,
            shapes,
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
}
