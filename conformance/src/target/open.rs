//! A target that is ready: started or found, with its credentials.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use super::spawn::{Spawned, program};
use super::{Kind, Preference, Secret, Target};
use crate::sign::Credentials;
use crate::wire::Url;

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
pub fn open(mut target: Target, overrides: Overrides) -> Result<OpenTarget, String> {
    if let Some(region) = overrides.region {
        target.region = region;
    }
    target.roles.extend(overrides.roles);
    let mut spawned = None;
    let mut urls = BTreeMap::new();
    match &target.kind {
        Kind::Spawn {
            command,
            binary,
            listening,
        } => {
            let binary = program(binary, overrides.binary)?;
            let command: Vec<String> = command
                .iter()
                .map(|word| word.replace("{binary}", &binary.to_string_lossy()))
                .chain(overrides.arguments)
                .collect();
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
            let server = Spawned::start(&command, &wanted)?;
            let address = server.line(listening).unwrap_or_default().trim();
            urls.insert("default".to_owned(), Url::parse(address)?);
            spawned = Some(server);
        }
        Kind::Url(stated) | Kind::Aws(stated) => {
            for (service, url) in stated {
                let url = url.replace("{region}", &target.region);
                urls.insert(service.clone(), Url::parse(&url)?);
            }
        }
    }
    if let Some(url) = &overrides.url {
        urls = BTreeMap::from([("default".to_owned(), Url::parse(url)?)]);
    }
    if urls.is_empty() {
        return Err(format!(
            "target {} has no URL: give --url, or \"urls\" in its file",
            target.name
        ));
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
    if bearer.is_none() {
        target.capabilities.remove("bearer");
    }
    if keys.is_none() {
        target.capabilities.remove("sigv4");
    }
    match target.prefers {
        Preference::Bearer if bearer.is_none() && keys.is_some() => {
            target.prefers = Preference::Sigv4;
        }
        Preference::Sigv4 if keys.is_none() && bearer.is_some() => {
            target.prefers = Preference::Bearer;
        }
        Preference::Bearer | Preference::Sigv4 if bearer.is_none() && keys.is_none() => {
            return Err(format!(
                "target {} needs credentials: set {}",
                target.name,
                [&target.bearer, &target.access_key, &target.secret]
                    .into_iter()
                    .filter_map(|secret| match secret {
                        Some(Secret::Env(name)) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        }
        _ => {}
    }
    Ok(OpenTarget {
        target,
        urls,
        bearer,
        keys,
        ca_file: overrides.ca_file,
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
