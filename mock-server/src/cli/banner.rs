//! What the program prints when it listens: one line for programs, then lines for people to paste.

use std::io::Write as _;
use std::path::PathBuf;

use super::exec::reachable;
use crate::MockServer;
use crate::client_environment::sh;

/// Model that the example calls.
const EXAMPLE_MODEL: &str = "global.anthropic.claude-sonnet-4-20250514-v1:0";

pub(super) fn print(server: &MockServer) {
    let url = server.url();
    let https = format!("https://{}", reachable(server.address()));
    let program = program();
    let console = match server.serves_control() {
        true => format!("Requests as they come in: {url}/_mock/\n\n"),
        false => String::new(),
    };
    let text = format!(
        "bedrock-mock listening on {url}\n\
         \n\
         {console}\
         Paste into a shell, for all clients and over HTTPS (--ca-dir, too, if it was given here):\n\
         eval \"$({program} env --url {https} --region {region})\"\n\
         \n\
         Or by hand, over HTTP, with a key pair:\n\
         export AWS_ENDPOINT_URL_BEDROCK_RUNTIME={url} AWS_ENDPOINT_URL_BEDROCK={url} \\\n  \
           AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url}\n\
         export AWS_REGION={region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n\
         \n\
         Or with an API key, which boto3 and the AWS CLI send over HTTPS only:\n\
         export AWS_BEARER_TOKEN_BEDROCK={key}\n\
         curl -sS {url}/model/{EXAMPLE_MODEL}/converse \\\n  \
           -H \"Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK\" -H 'Content-Type: application/json' \\\n  \
           -d '{{\"messages\": [{{\"role\": \"user\", \"content\": [{{\"text\": \"Hello\"}}]}}]}}'\n",
        region = server.region(),
        key = server.api_key(),
    );
    // A closed standard output is no reason to stop serving.
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Returns what a shell runs as this program: its name if that is on the PATH, else its path.
fn program() -> String {
    const NAME: &str = "bedrock-mock";
    let Ok(own) = std::env::current_exe() else {
        return NAME.to_owned();
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(NAME))
        .find(|file| file.is_file());
    let same = |file: PathBuf| file.canonicalize().ok() == own.canonicalize().ok();
    match found {
        Some(file) if same(file.clone()) => NAME.to_owned(),
        _ => sh(&own.display().to_string()),
    }
}
