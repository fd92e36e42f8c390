//! A target that is ready: started or found, with its credentials.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use super::spawn::{Spawned, first_line, program};
use super::{Kind, Preference, Secret, Target};
use crate::sign::Credentials;
use crate::wire::{Client, Url};

/// What the command line says otherwise than the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The program to start.
    pub binary: Option<PathBuf>,
    /// One base URL for everything.
    pub url: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Further or other roles.
    pub roles: Vec<(String, String)>,
    /// Further arguments of the program to start.
    pub arguments: Vec<String>,
    /// Certificates to trust instead of Mozilla's.
    pub ca_file: Option<PathBuf>,
    /// No credentials are sent, whatever the environment has.
    pub no_credentials: bool,
}

/// Why a target is not ready.
#[derive(Debug)]
pub enum OpenError {
    /// What was asked for is wrong: a URL, a file of certificates.
    Usage(String),
    /// It wants credentials that are not there.
    Credentials(String),
    /// It cannot be started.
    Failed(String),
}

/// A target that is ready.
#[derive(Debug)]
pub struct OpenTarget {
    /// What its file and the command line say.
    pub target: Target,
    /// Base URLs by service, `default` for the others.
    urls: BTreeMap<String, Url>,
    /// An API key.
    pub bearer: Option<Credential>,
    /// A key pair.
    pub keys: Option<Credentials>,
    /// Certificates to trust.
    pub ca_file: Option<PathBuf>,
    /// Its version, where it is a program that tells it.
    pub version: Option<String>,
    spawned: Option<Mutex<Spawned>>,
}

/// A secret that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(pub String);

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credential(…)")
    }
}

/// Starts or finds a target.
///
/// # Errors
/// When it cannot be started, a URL is none, or the credentials that it prefers are missing.
pub fn open(mut target: Target, overrides: Overrides) -> Result<OpenTarget, OpenError> {
    // Before anything is started: what is wrong with the command line is wrong whatever the target.
    let base = overrides.url.as_deref().map(Url::parse).transpose();
    let base = base.map_err(|why| OpenError::Usage(why.to_string()))?;
    Client::new(overrides.ca_file.as_deref(), target.patience())
        .map_err(|why| OpenError::Usage(format!("--ca-file {why}")))?;
    if overrides.no_credentials {
        target.prefers = Preference::None;
        for secret in [
            &mut target.bearer,
            &mut target.access_key,
            &mut target.secret,
            &mut target.token,
        ] {
            *secret = None;
        }
    }
    if let Some(region) = overrides.region {
        target.region = region;
    }
    target.roles.extend(overrides.roles);
    let mut spawned = None;
    let mut version = None;
    let mut urls = BTreeMap::new();
    match &target.kind {
        Kind::Spawn {
            command,
            binary,
            listening,
            version: asked,
        } => {
            let binary = program(binary, overrides.binary).map_err(OpenError::Failed)?;
            let named = |words: &[String]| -> Vec<String> {
                let binary = binary.to_string_lossy();
                let words = words.iter();
                words
                    .map(|word| word.replace("{binary}", &binary))
                    .collect()
            };
            let mut command = named(command);
            command.extend(overrides.arguments);
            version = first_line(&named(asked));
            let mut wanted = vec![listening.as_str()];
            for secret in [
                &target.bearer,
                &target.access_key,
                &target.secret,
                &target.token,
            ] {
                if let Some(Secret::Line(start)) = secret {
                    wanted.push(start);
                }
            }
            let server = Spawned::start(&command, &wanted).map_err(OpenError::Failed)?;
            let address = server.line(listening).unwrap_or_default().trim();
            let url = Url::parse(address).map_err(|why| OpenError::Failed(why.to_string()))?;
            urls.insert("default".to_owned(), url);
            spawned = Some(server);
        }
        Kind::Url(stated) | Kind::Aws(stated) => {
            for (service, url) in stated {
                let url = url.replace("{region}", &target.region);
                let url = Url::parse(&url)
                    .map_err(|why| OpenError::Usage(format!("target {}: {why}", target.name)))?;
                urls.insert(service.clone(), url);
            }
        }
    }
    if let Some(url) = base {
        urls = BTreeMap::from([("default".to_owned(), url)]);
    }
    if urls.is_empty() {
        return Err(OpenError::Usage(format!(
            "target {} has no URL: give --url, or \"urls\" in its file",
            target.name
        )));
    }
    let value = |secret: &Option<Secret>| match secret {
        None => None,
        Some(Secret::Env(name)) => std::env::var(name).ok().filter(|value| !value.is_empty()),
        Some(Secret::Line(start)) => spawned
            .as_ref()
            .and_then(|server| server.line(start))
            .map(|value| value.trim().to_owned()),
        Some(Secret::Public(value)) => Some(value.clone()),
    };
    let bearer = value(&target.bearer).map(Credential);
    let keys = match (value(&target.access_key), value(&target.secret)) {
        (Some(access_key), Some(secret)) => Some(Credentials {
            access_key,
            secret,
            token: value(&target.token),
        }),
        _ => None,
    };
    // What the target could do with other credentials cannot be judged without them.
    let mut drop_claim = |capability: &str, why: &str| {
        if target.capabilities.remove(capability) {
            target.dropped.insert(capability.to_owned(), why.to_owned());
        }
    };
    if bearer.is_none() {
        drop_claim("bearer", "needs an API key, and there is none");
    }
    if keys.is_none() {
        let why = "needs a key pair, and there is none";
        drop_claim("sigv4", why);
        // An API key opens neither.
        if target.prefers != Preference::None {
            drop_claim("iam", why);
            drop_claim("sts", why);
        }
    }
    match target.prefers {
        Preference::Bearer if bearer.is_none() && keys.is_some() => {
            target.prefers = Preference::Sigv4;
        }
        Preference::Sigv4 if keys.is_none() && bearer.is_some() => {
            target.prefers = Preference::Bearer;
        }
        Preference::Bearer | Preference::Sigv4 if bearer.is_none() && keys.is_none() => {
            return Err(OpenError::Credentials(format!(
                "target {} needs credentials: set {}, or say --no-credentials",
                target.name,
                [&target.bearer, &target.access_key, &target.secret]
                    .into_iter()
                    .filter_map(|secret| match secret {
                        Some(Secret::Env(name)) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
                    .join(", ")
            )));
        }
        _ => {}
    }
    Ok(OpenTarget {
        target,
        urls,
        bearer,
        keys,
        ca_file: overrides.ca_file,
        version,
        spawned: spawned.map(Mutex::new),
    })
}

impl OpenTarget {
    /// Where a service is.
    pub fn url(&self, service: &str) -> Option<&Url> {
        self.urls.get(service).or_else(|| self.urls.get("default"))
    }

    /// Where it is, for people.
    pub fn address(&self) -> String {
        self.url("bedrock-runtime")
            .map_or_else(|| "nowhere".to_owned(), ToString::to_string)
    }

    /// How a program that the suite started ended, if it did.
    pub fn ended(&self) -> Option<String> {
        self.spawned.as_ref()?.lock().ok()?.ended()
    }
}
