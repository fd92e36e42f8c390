//! `/` in a browser leads to the console; programs get the service's answer.

use bedrock_mock::MockServer;
use reqwest::redirect::Policy;

async fn root(accept: Option<&str>) -> reqwest::Response {
    let server = MockServer::start().await.unwrap();
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let mut request = client.get(server.url());
    if let Some(accept) = accept {
        request = request.header("Accept", accept);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_browser_is_led_to_the_console() {
    let answer = root(Some("text/html,application/xhtml+xml,*/*;q=0.8")).await;
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "/_mock/");
}

#[tokio::test]
async fn a_program_gets_the_service_s_answer() {
    for accept in [None, Some("*/*"), Some("application/json")] {
        let answer = root(accept).await;
        assert_eq!(answer.status(), 404, "{accept:?}");
        assert!(
            answer.headers().contains_key("x-amzn-requestid"),
            "{accept:?}"
        );
    }
}
