//! Prompts of Prompt management that layers declare. They belong to another service, so that nothing
//! here makes or lists them; Converse and ConverseStream take their ARNs for a model id.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::diagnostics::StartError;
use crate::model::{Model, check};

/// A stored prompt, by Converse's member names. Texts may hold `{{variable}}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StoredPrompt {
    /// `arn:aws:bedrock:REGION:ACCOUNT:prompt/` and ten letters or digits; a colon and a number name
    /// a version.
    pub arn: String,
    /// Id or ARN of the model or profile that answers.
    pub model: String,
    /// Messages, before those of the request.
    #[serde(default)]
    pub messages: Vec<Value>,
    /// System prompts.
    #[serde(default)]
    pub system: Option<Value>,
    /// Settings of inference.
    #[serde(default)]
    pub inference_config: Option<Value>,
    /// Tools.
    #[serde(default)]
    pub tool_config: Option<Value>,
    /// Fields for the model alone.
    #[serde(default)]
    pub additional_model_request_fields: Option<Value>,
    /// Where the entry comes from.
    #[serde(default)]
    pub basis: Option<String>,
    /// Free remark of the layer's author.
    #[serde(default)]
    pub note: Option<String>,
    /// File, line and column that declare it.
    #[serde(skip)]
    pub place: String,
}

impl StoredPrompt {
    /// The prompt as members of a Converse request.
    pub fn members(&self) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("messages".into(), self.messages.clone().into());
        for (name, value) in [
            ("system", &self.system),
            ("inferenceConfig", &self.inference_config),
            ("toolConfig", &self.tool_config),
            (
                "additionalModelRequestFields",
                &self.additional_model_request_fields,
            ),
        ] {
            if let Some(value) = value {
                out.insert(name.into(), value.clone());
            }
        }
        out
    }

    /// Refuses a prompt that no request could be made of.
    pub(super) fn check(&self, runtime: &Model) -> Result<(), StartError> {
        let refuse = |why: &str| {
            Err(StartError(format!(
                "{}: prompts: {why}; fixtures/catalogue/README.md shows the format of a prompt",
                self.place
            )))
        };
        if !names_prompt(&self.arn) {
            return refuse(&format!(
                "{} is not arn:aws:bedrock:REGION:ACCOUNT:prompt/ and ten letters or digits, perhaps with : and a version",
                self.arn
            ));
        }
        if self.model.is_empty() || names_prompt(&self.model) {
            return refuse("model must be the id or ARN of a model or profile");
        }
        let body = Value::Object(self.members());
        let operation = runtime.operation("Converse");
        let found = operation.map(|o| check::input(runtime, o, &body));
        match found.unwrap_or_default().first() {
            Some(first) => refuse(&format!("{}: {first} as Converse has it", self.arn)),
            None => Ok(()),
        }
    }
}

/// Whether an ARN has the form of a stored prompt's.
pub fn names_prompt(arn: &str) -> bool {
    let Some(rest) = arn.strip_prefix("arn:aws:bedrock:") else {
        return false;
    };
    let mut parts = rest.splitn(3, ':');
    let (region, account, resource) = (parts.next(), parts.next(), parts.next());
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let placed = region.is_some_and(|region| !region.is_empty())
        && account.is_some_and(|account| account.len() == 12 && digits(account));
    let Some(name) = resource.and_then(|r| r.strip_prefix("prompt/")) else {
        return false;
    };
    let (id, version) = name.split_once(':').unwrap_or((name, "1"));
    placed
        && id.len() == 10
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
        && (1..=5).contains(&version.len())
        && digits(version)
}

#[cfg(test)]
mod tests {
    use super::names_prompt;

    #[test]
    fn prompts_are_told_by_their_arns() {
        let arn = |rest: &str| format!("arn:aws:bedrock:us-east-1:123456789012:{rest}");
        assert!(names_prompt(&arn("prompt/ABCDE12345")));
        assert!(names_prompt(&arn("prompt/abcde12345:12")));
        for rest in [
            "prompt/ABCDE1234",
            "prompt/ABCDE12345:",
            "prompt/ABCDE12345:DRAFT",
            "prompt/ABCDE12345:123456",
            "prompt-router/ABCDE12345",
            "imported-model/abcdefghijk1",
        ] {
            assert!(!names_prompt(&arn(rest)), "{rest}");
        }
        assert!(!names_prompt(
            "arn:aws:bedrock::123456789012:prompt/ABCDE12345"
        ));
        assert!(!names_prompt(
            "arn:aws:bedrock:us-east-1::prompt/ABCDE12345"
        ));
    }
}
