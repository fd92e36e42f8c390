//! A step's `send` → the request that goes out.

use time::{Duration, OffsetDateTime};

use crate::case::{Asked, Auth, Body, HeaderChange, Send, Signing};
use crate::model::{Protocol, Service, bind};
use crate::reference_data::ReferenceData;
use crate::server::{OpenTarget, Preference};
use crate::sign::{self, Credentials, Scope, Signable};
use crate::template::{Bindings, TemplateError, build as build_value};
use crate::wire::{Outgoing, Url};

/// Why a request cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// A `${…}` of the case cannot be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No service model is of that service.
    #[error("there is no service {service}")]
    NoService {
        /// The endpoint's name.
        service: String,
    },
    /// The target does not say where the service is.
    #[error("the target has no URL for {service}")]
    NoUrl {
        /// The endpoint's name.
        service: String,
    },
    /// No service model has the operation.
    #[error("there is no operation {operation}")]
    NoOperation {
        /// Its name.
        operation: String,
    },
    /// The request needs an API key.
    #[error("the target has no API key")]
    NoApiKey,
    /// The request needs a key pair.
    #[error("the target has no key pair")]
    NoKeyPair,
}

impl RequestError {
    /// Returns whether a `${…}` has no value, because no earlier step saved one.
    pub(super) fn is_unbound(&self) -> bool {
        matches!(self, Self::Template(TemplateError::Unbound { .. }))
    }
}

/// The request, and where it goes.
///
/// # Errors
/// When a `${…}` stands for nothing, or the target has no such service or credentials.
pub fn build(
    reference: &ReferenceData,
    target: &OpenTarget,
    send: &Send,
    bindings: &Bindings,
) -> Result<(Url, Outgoing), RequestError> {
    let service =
        reference
            .models
            .service(&send.service)
            .ok_or_else(|| RequestError::NoService {
                service: send.service.clone(),
            })?;
    let url = target
        .url(&send.service)
        .ok_or_else(|| RequestError::NoUrl {
            service: send.service.clone(),
        })?
        .clone();
    let (mut request, content) = asked(reference, send, bindings)?;
    request.target = format!("{}{}", url.prefix, request.target);
    request.headers.push(("Host".to_owned(), url.authority()));
    request.headers.push((
        "User-Agent".to_owned(),
        concat!("bedrock-conformance/", env!("CARGO_PKG_VERSION")).to_owned(),
    ));
    request.headers.extend(content);
    for (name, change) in &send.headers {
        request
            .headers
            .retain(|(there, _)| !there.eq_ignore_ascii_case(name));
        if let HeaderChange::Set(values) = change {
            for value in values {
                request.headers.push((name.clone(), bindings.text(value)?));
            }
        }
    }
    authenticate(target, service, send, bindings, &mut request)?;
    // A case may say something else than the credentials' own headers.
    for (name, change) in &send.headers {
        if *change == HeaderChange::Remove {
            request
                .headers
                .retain(|(there, _)| !there.eq_ignore_ascii_case(name));
        }
    }
    Ok((url, request))
}

type Headers = Vec<(String, String)>;

fn asked(
    reference: &ReferenceData,
    send: &Send,
    bindings: &Bindings,
) -> Result<(Outgoing, Headers), RequestError> {
    let outgoing = |method: String, target: String, body: Option<Vec<u8>>| Outgoing {
        method,
        target,
        headers: Vec::new(),
        body,
        framing: send.framing,
        drip: send.drip,
    };
    match &send.asked {
        Asked::Operation { name, input } => {
            let (service, operation) =
                reference
                    .models
                    .operation(name)
                    .ok_or_else(|| RequestError::NoOperation {
                        operation: name.clone(),
                    })?;
            let input = build_value(&bindings.value(input)?)?;
            let bound = bind(service, operation, &input);
            Ok((
                outgoing(bound.method, bound.target, bound.body),
                bound.headers,
            ))
        }
        Asked::Raw {
            method,
            target,
            body,
        } => {
            let (body, kind) = match body {
                Body::None => (None, None),
                Body::Json(value) => {
                    let value = build_value(&bindings.value(value)?)?;
                    (
                        Some(value.to_string().into_bytes()),
                        Some("application/json"),
                    )
                }
                Body::Text(text) => (Some(bindings.text(text)?.into_bytes()), None),
                Body::Bytes(bytes) => (Some(bytes.clone()), None),
            };
            let headers = kind
                .map(|kind| ("Content-Type".to_owned(), kind.to_owned()))
                .into_iter()
                .collect();
            Ok((
                outgoing(method.clone(), bindings.text(target)?, body),
                headers,
            ))
        }
    }
}

fn authenticate(
    target: &OpenTarget,
    service: &Service,
    send: &Send,
    bindings: &Bindings,
    request: &mut Outgoing,
) -> Result<(), RequestError> {
    let default = match target.target.prefers {
        _ if send.auth != Auth::Default => Auth::None,
        Preference::None => Auth::None,
        _ if service.protocol == Protocol::Query => Auth::Sigv4(Box::default()),
        Preference::Bearer => Auth::Bearer(None),
        Preference::Sigv4 => Auth::Sigv4(Box::default()),
    };
    let auth = if send.auth == Auth::Default {
        &default
    } else {
        &send.auth
    };
    match auth {
        Auth::Default | Auth::None => {}
        Auth::Header(value) => {
            request
                .headers
                .push(("Authorization".to_owned(), bindings.text(value)?));
        }
        Auth::Bearer(stated) => {
            let token = match (stated, &target.bearer) {
                (Some(token), _) => bindings.text(token)?,
                (None, Some(token)) => token.0.clone(),
                (None, None) => return Err(RequestError::NoApiKey),
            };
            request
                .headers
                .push(("Authorization".to_owned(), format!("Bearer {token}")));
        }
        Auth::Sigv4(signing) => {
            let signer = Signer::new(target, service, signing, bindings)?;
            let headers = signer.headers(request, &signing.unsigned);
            let added = sign::header(
                &signer.credentials,
                &signer.scope(),
                &signable(request, &headers),
            );
            request.headers.extend(added);
        }
        Auth::Presigned(signing, expires) => {
            let signer = Signer::new(target, service, signing, bindings)?;
            let headers = signer.headers(request, &signing.unsigned);
            request.target = sign::presigned(
                &signer.credentials,
                &signer.scope(),
                &signable(request, &headers),
                *expires,
            );
        }
    }
    Ok(())
}

fn signable<'a>(request: &'a Outgoing, headers: &'a [(String, String)]) -> Signable<'a> {
    Signable {
        method: &request.method,
        target: &request.target,
        headers,
        body: request.body.as_deref().unwrap_or_default(),
        normalize: true,
    }
}

struct Signer {
    credentials: Credentials,
    region: String,
    service: String,
    at: OffsetDateTime,
}

impl Signer {
    fn new(
        target: &OpenTarget,
        service: &Service,
        signing: &Signing,
        bindings: &Bindings,
    ) -> Result<Self, RequestError> {
        let text =
            |stated: &Option<String>| stated.as_ref().map(|text| bindings.text(text)).transpose();
        let own = target.keys.as_ref();
        let access_key = text(&signing.access_key)?;
        let secret = text(&signing.secret)?;
        let token = text(&signing.token)?;
        // A key of the case's own has no token of the target's.
        let own_token = own
            .filter(|_| access_key.is_none())
            .and_then(|own| own.token.clone());
        let credentials = Credentials {
            access_key: access_key
                .or_else(|| own.map(|own| own.access_key.clone()))
                .ok_or(RequestError::NoKeyPair)?,
            secret: secret
                .or_else(|| own.map(|own| own.secret.clone()))
                .ok_or(RequestError::NoKeyPair)?,
            token: token.or(own_token),
        };
        let region = match text(&signing.region)? {
            Some(region) => region,
            // IAM is global; its signatures are for one region.
            None if service.name == "iam" => "us-east-1".to_owned(),
            None => target.target.region.clone(),
        };
        Ok(Self {
            credentials,
            region,
            service: text(&signing.service)?.unwrap_or_else(|| service.signing_name.clone()),
            at: OffsetDateTime::now_utc() + Duration::seconds(signing.skew_s),
        })
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            region: &self.region,
            service: &self.service,
            at: self.at,
        }
    }

    /// What SDKs sign: host, content type, and everything of Amazon's.
    fn headers(&self, request: &Outgoing, unsigned: &[String]) -> Headers {
        request
            .headers
            .iter()
            .filter(|(name, _)| {
                let name = name.to_ascii_lowercase();
                (name == "host" || name == "content-type" || name.starts_with("x-amz"))
                    && !unsigned.contains(&name)
            })
            .cloned()
            .collect()
    }
}
