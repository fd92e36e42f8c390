//! A client of the control API.

use bedrock_mock::MockServer;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The control API of a mock.
pub(crate) struct Control {
    pub(crate) client: Client,
    pub(crate) url: String,
}

impl Control {
    pub(crate) fn new(server: &MockServer) -> Self {
        Self {
            client: Client::new(),
            url: server.url(),
        }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = match body {
            Some(body) => request.body(body.to_owned()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
        (status, value)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.send("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, Some(&body.to_string())).await
    }

    pub(crate) async fn mint(&self) -> Value {
        let (status, minted) = self.post("/_mock/accounts", json!({})).await;
        assert_eq!(status, 201);
        minted
    }
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {value}"))
}
