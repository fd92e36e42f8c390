//! Requests signed ahead, by Amazon's signer.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as sign_with};
use aws_sigv4::sign::v4;

use crate::Failure;
use crate::loads::Request;

/// Signs a request with the access key `access_key` and the secret that every mock knows. A
/// signature is good for some minutes, longer than a load runs.
pub fn sign(mut request: Request, access_key: &str) -> Result<Request, Failure> {
    let identity = Credentials::from_keys(access_key, "test", None).into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-west-2")
        .name("bedrock")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let url = format!("http://{}{}", request.host, request.path);
    let headers = request.headers.iter();
    let signable = SignableRequest::new(
        request.method,
        &url,
        headers.map(|(n, v)| (n.as_str(), v.as_str())),
        SignableBody::Bytes(&request.body),
    )?;
    let (instructions, _) = sign_with(signable, &params)?.into_parts();
    let signed: Vec<_> = instructions
        .headers()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    request.headers.extend(signed);
    Ok(request)
}
