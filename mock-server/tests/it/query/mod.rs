//! IAM for tests: forms out, XML in, signatures taken on trust. boto3 tests those.

use bedrock_mock::MockServer;
use bedrock_mock::config::AuthMode;
use bedrock_mock::model::overlay::Fidelity;

pub const V: &str = "Version=2010-05-08";
pub const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

pub struct Iam {
    pub server: MockServer,
    client: reqwest::Client,
    account: &'static str,
}

impl Iam {
    pub async fn start(fidelity: Fidelity) -> Self {
        let lenient = MockServer::builder()
            .fidelity(fidelity)
            .configure(|config| config.auth = AuthMode::Lenient);
        let server = lenient.start().await.unwrap();
        Self {
            server,
            client: reqwest::Client::new(),
            account: "111122223333",
        }
    }

    pub fn authorization(&self) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={}/20260203/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00",
            self.account
        )
    }

    pub async fn send(&self, form: &str) -> (u16, String) {
        let request = self
            .client
            .post(self.server.url())
            .header("Authorization", self.authorization())
            .header("X-Amz-Date", "20260203T000000Z")
            .header(
                "Content-Type",
                "application/x-www-form-urlencoded; charset=utf-8",
            )
            .body(form.to_owned());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/xml");
        let id = answer.headers()["x-amzn-requestid"]
            .to_str()
            .unwrap()
            .to_owned();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(&format!("<RequestId>{id}</RequestId>\n")),
            "{text}"
        );
        (status, text.replace(&id, "<id>"))
    }

    /// Sends an action that must succeed.
    pub async fn ok(&self, action: &str, parameters: &str) -> String {
        let (status, text) = self
            .send(&format!("Action={action}&{V}&{parameters}"))
            .await;
        assert_eq!(status, 200, "{text}");
        assert!(
            text.starts_with(&format!("<{action}Response xmlns=\"{NAMESPACE}\">\n")),
            "{text}"
        );
        text
    }

    /// Sends an action that must fail; status, code and message.
    pub async fn refused(&self, action: &str, parameters: &str) -> (u16, String, String) {
        let (status, text) = self
            .send(&format!("Action={action}&{V}&{parameters}"))
            .await;
        assert!(
            text.starts_with(&format!(
                "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n    <Type>Sender</Type>\n"
            )),
            "{text}"
        );
        (status, element(&text, "Code"), element(&text, "Message"))
    }
}

pub fn elements(text: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = |part: &str| part.split(&close).next().unwrap().to_owned();
    text.split(&open).skip(1).map(inner).collect()
}

pub fn element(text: &str, name: &str) -> String {
    elements(text, name)
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no {name} in {text}"))
}
