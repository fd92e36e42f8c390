//! A request's `modelId` → the model that answers, or the service's refusal.

use super::catalogue::{Catalogue, Family, ModelEntry};
use super::profiles::{application_source, is_offered};
use super::store::Accounts;
use crate::config::{LegacyModels, UnknownModels};
use crate::wire::{ApiError, rows};

/// The account and region that a request works in.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// 12-digit account.
    pub account: &'a str,
    /// The region that serves the request.
    pub region: &'a str,
    /// The host or a flag named that region, so system profiles of another geography are not there.
    /// Otherwise a key on a local address says nothing of where it is used.
    pub placed: bool,
}

/// A model that can answer.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    /// Base model id.
    pub id: String,
    /// Its catalogue entry; none for ids that were only inferred.
    pub entry: Option<&'a ModelEntry>,
    /// How its answers look.
    pub family: &'a Family,
    /// It was named by an application profile.
    pub application_profile: bool,
}

/// Finds models for requests.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    /// The models and profiles that the mock knows.
    pub catalogue: &'a Catalogue,
    /// What accounts made, application profiles among them.
    pub accounts: &'a Accounts,
    /// What to do with ids that no layer has.
    pub unknown_models: UnknownModels,
    /// What to do with models that the catalogue calls legacy.
    pub legacy_models: LegacyModels,
}

impl<'a> Resolver<'a> {
    /// Finds the model behind an id, a profile id or an ARN.
    pub fn resolve(&self, asker: Asker<'_>, id: &str) -> Result<Resolved<'a>, ApiError> {
        // What still holds a percent sign after one decoding was encoded twice.
        if id.contains('%') {
            return Err(invalid(
                id,
                "the id is percent-encoded twice; encode it once",
            ));
        }
        match id.strip_prefix("arn:") {
            Some(_) => self.by_arn(asker, id),
            None => self.by_id(asker, id),
        }
    }

    fn by_id(&self, asker: Asker<'_>, id: &str) -> Result<Resolved<'a>, ApiError> {
        let region = asker.region;
        if let Some(entry) = self.catalogue.model(id) {
            if entry.on_demand_in(region) {
                return self.found(id, Some(entry), false);
            }
            let routing = entry
                .profiles
                .iter()
                .filter(|p| p.routes_from(region).is_some());
            // The caller's own geography first, then the global profile.
            let nearest = routing.min_by_key(|p| (!is_offered(p, region), p.geo == "global"));
            if let Some(profile) = nearest {
                let profile = &profile.id;
                return Err(ApiError::row(rows::runtime::ON_DEMAND_UNSUPPORTED)
                    .with("id", id)
                    .hint(format!("call {profile} instead")));
            }
            if !self.catalogue.has_ended(id) {
                return Err(invalid(
                    id,
                    &format!(
                        "{id} is not offered in {region}; it is in {}",
                        entry.on_demand.join(", ")
                    ),
                ));
            }
        }
        if let Some((entry, profile)) = self.catalogue.profile(id) {
            let near = !asker.placed || is_offered(profile, region);
            if near && profile.routes_from(region).is_some() {
                return self.found(&entry.id, Some(entry), false);
            }
            if !self.catalogue.has_ended(id) {
                return Err(invalid(id, &format!("it cannot be called from {region}")));
            }
        }
        let base = strip_geography(id);
        if self.catalogue.has_ended(id) || self.catalogue.has_ended(base) {
            return Err(ApiError::row(rows::runtime::END_OF_LIFE).hint(format!(
                "{id} has ended; older models live in the layers guide and history"
            )));
        }
        if self.unknown_models == UnknownModels::Infer && id.contains('.') {
            return self.found(base, None, false);
        }
        Err(invalid(
            id,
            &format!(
                "{id} is in no catalogue layer; start with --unknown-models infer, or add {{\"models\":[{{\"id\":\"{id}\",\"onDemand\":[\"*\"]}}]}} with --catalogue FILE"
            ),
        ))
    }

    fn by_arn(&self, asker: Asker<'_>, arn: &str) -> Result<Resolved<'a>, ApiError> {
        let mut parts = arn.splitn(6, ':');
        let (_, partition, service) = (parts.next(), parts.next(), parts.next());
        let (region, account, resource) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let Some((kind, name)) = resource.split_once('/') else {
            return Err(invalid(arn, "the ARN names no resource"));
        };
        let ours = partition == Some("aws")
            && (region.is_empty() || region == asker.region)
            && (account.is_empty() || account == asker.account);
        match (service, kind) {
            (Some("bedrock"), "foundation-model") if ours => self.by_id(asker, name),
            (Some("bedrock"), "inference-profile") if ours => match self.catalogue.profile(name) {
                Some(_) => self.by_id(asker, name),
                None => Err(invalid(arn, &format!("there is no system profile {name}"))),
            },
            (Some("bedrock"), "application-inference-profile") => {
                match application_source(self.catalogue, self.accounts, asker, arn) {
                    // No profile is made from an application profile; a declared one that says so would
                    // lead in a circle.
                    Some(source) if !source.contains(":application-inference-profile/") => {
                        let resolved = self.resolve(asker, &source)?;
                        Ok(Resolved {
                            application_profile: true,
                            ..resolved
                        })
                    }
                    _ => Err(invalid(
                        arn,
                        &format!(
                            "account {} has no such application profile in {}; create it, or declare it with --catalogue FILE",
                            asker.account, asker.region
                        ),
                    )),
                }
            }
            (Some("bedrock"), "foundation-model" | "inference-profile") => Err(invalid(
                arn,
                &format!(
                    "the ARN is of another region or account than {} in {}",
                    asker.account, asker.region
                ),
            )),
            _ if names_own_model(arn) => match self.catalogue.own_model(arn) {
                // The owner may be of any account and region: the catalogue says that it answers.
                Some(own) => {
                    let id = own.base.as_deref().map_or(arn, strip_geography);
                    self.found(id, self.catalogue.model(id), false)
                }
                None => Err(invalid(
                    arn,
                    &format!(
                        "no such {kind} is declared; add {{\"ownModels\":[{{\"arn\":\"{arn}\"}}]}} with --catalogue FILE"
                    ),
                )),
            },
            _ => Err(invalid(
                arn,
                &format!("{kind} is not well formed, or of a kind that is not imitated"),
            )),
        }
    }

    fn found(
        &self,
        id: &str,
        entry: Option<&'a ModelEntry>,
        application_profile: bool,
    ) -> Result<Resolved<'a>, ApiError> {
        let legacy = entry.is_some_and(|e| e.lifecycle == "LEGACY");
        if legacy && self.legacy_models == LegacyModels::Refuse {
            return Err(ApiError::row(rows::runtime::LEGACY).hint(format!(
                "{id} is legacy; --legacy-models allow lets it answer"
            )));
        }
        match self.catalogue.family(id) {
            Some(family) => Ok(Resolved {
                id: id.to_owned(),
                entry,
                family,
                application_profile,
            }),
            None => Err(invalid(id, "no family of models covers the id")),
        }
    }
}

/// Whether an ARN has the form of an imported, provisioned or deployed model's, or of a SageMaker
/// endpoint's.
pub fn names_own_model(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, service, region, account, resource] = parts[..] else {
        return false;
    };
    let Some((kind, name)) = resource.split_once('/') else {
        return false;
    };
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let placed = partition.starts_with("aws")
        && !region.is_empty()
        && region.bytes().all(|b| lower(b) || b == b'-')
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit());
    let named = match (service, kind) {
        ("bedrock", "imported-model" | "provisioned-model" | "custom-model-deployment") => {
            name.len() == 12 && name.bytes().all(lower)
        }
        ("sagemaker", "endpoint") => {
            (1..=63).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }
        _ => false,
    };
    placed && named
}

fn invalid(id: &str, hint: &str) -> ApiError {
    ApiError::row(rows::runtime::MODEL_ID_INVALID).hint(format!("modelId {id}: {hint}"))
}

/// `us.anthropic.x` → `anthropic.x`; ids without a geography stay.
fn strip_geography(id: &str) -> &str {
    match id.split_once('.') {
        Some((geo, rest))
            if rest.contains('.')
                && [
                    "us", "eu", "apac", "jp", "au", "in", "ca", "global", "us-gov",
                ]
                .contains(&geo) =>
        {
            rest
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::names_own_model;

    #[test]
    fn own_models_are_told_by_their_arns() {
        for arn in [
            "arn:aws:bedrock:eu-west-1:123456789012:imported-model/abcdefghijk1",
            "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:provisioned-model/abcdefghijk1",
            "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijk1",
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/endpoint-quick-start",
        ] {
            assert!(names_own_model(arn), "{arn}");
        }
        for arn in [
            "arn:aws:bedrock:eu-west-1:123456789012:imported-model/short",
            "arn:aws:bedrock:eu-west-1:12345:imported-model/abcdefghijk1",
            "arn:aws:bedrock:eu-west-1:123456789012:endpoint/x",
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/",
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/ä",
            "arn:",
        ] {
            assert!(!names_own_model(arn), "{arn}");
        }
    }
}
