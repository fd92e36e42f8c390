//! One account's view of a mock, over HTTP with an API key: every account is its own world.

use bedrock_mock::MockServer;
use reqwest::Method;
use serde_json::{Value, json};

pub struct Account {
    client: reqwest::Client,
    url: String,
    key: String,
    host: Option<String>,
}

/// Status, `x-amzn-ErrorType` up to its colon, and the body as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub error: String,
    pub text: String,
}

impl Account {
    pub fn new(server: &MockServer, account: &str) -> Self {
        Self {
            client: reqwest::Client::new(),
            url: server.url(),
            key: server.api_key_of(account),
            host: None,
        }
    }

    pub fn at(url: &str, key: &str) -> Self {
        Self {
            client: reqwest::Client::new(),
            url: url.to_owned(),
            key: key.to_owned(),
            host: None,
        }
    }

    /// Another account over the same connections.
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            client: self.client.clone(),
            url: self.url.clone(),
            key: key.to_owned(),
            host: None,
        }
    }

    /// The same account in another region, which the Host header names.
    pub fn in_region(&self, region: &str) -> Self {
        Self {
            client: self.client.clone(),
            url: self.url.clone(),
            key: self.key.clone(),
            host: Some(region.to_owned()),
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.try_send(method, path, body)
            .await
            .expect("an answer over HTTP")
    }

    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.key);
        if let Some(region) = &self.host {
            let service = match path.starts_with("/model/") {
                true => "bedrock-runtime",
                false => "bedrock",
            };
            request = request.header("Host", format!("{service}.{region}.amazonaws.com"));
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let error = response
            .headers()
            .get("x-amzn-errortype")
            .map(|v| v.to_str().expect("an ASCII header"))
            .and_then(|v| v.split(':').next())
            .unwrap_or_default()
            .to_owned();
        Ok(Answer {
            status: response.status().as_u16(),
            error,
            text: response.text().await?,
        })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// CreateInferenceProfile.
    pub async fn create(&self, name: &str, copy_from: &str) -> Answer {
        let body = json!({"inferenceProfileName": name, "modelSource": {"copyFrom": copy_from}});
        self.post("/inference-profiles", body).await
    }

    /// The ARN of a profile that must be made.
    pub async fn created(&self, name: &str, copy_from: &str) -> String {
        self.create(name, copy_from).await.arn()
    }

    /// Converse with a model or profile.
    pub async fn converse(&self, id: &str) -> Answer {
        let body = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
        self.post(&format!("/model/{}/converse", label(id)), body)
            .await
    }

    /// Ids of all profiles that a list with these parameters has on its first page.
    pub async fn listed(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("/inference-profiles{query}")).await.ok();
        answer["inferenceProfileSummaries"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|p| p["inferenceProfileId"].as_str().expect("an id").to_owned())
            .collect()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    /// The body of a successful answer.
    pub fn ok(&self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.json()
    }

    pub fn arn(&self) -> String {
        let arn = self.ok()["inferenceProfileArn"].clone();
        arn.as_str().expect("an ARN").to_owned()
    }

    /// Status, type and message of a refusal.
    pub fn refusal(&self) -> (u16, String, String) {
        let message = self.json()["message"].clone();
        let message = message.as_str().expect("a message").to_owned();
        (self.status, self.error.clone(), message)
    }
}

pub fn refusal(status: u16, error: &str, message: &str) -> (u16, String, String) {
    (status, error.to_owned(), message.to_owned())
}

/// An id or ARN as SDKs write it into a path.
pub fn label(id: &str) -> String {
    id.replace(':', "%3A").replace('/', "%2F")
}

/// What stands behind the slash of an ARN.
pub fn id_of(arn: &str) -> &str {
    arn.rsplit('/').next().expect("rsplit always yields")
}
