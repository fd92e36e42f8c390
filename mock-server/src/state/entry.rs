//! The entries of the catalogue's layers; `fixtures/catalogue/README.md` describes them.

use std::collections::HashMap;

use serde::Deserialize;

/// A foundation model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModelEntry {
    /// Base id, for example `amazon.nova-lite-v1:0`.
    pub id: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// Who made it.
    #[serde(default)]
    pub provider: String,
    /// `ACTIVE` or `LEGACY`.
    #[serde(default = "active")]
    pub lifecycle: String,
    /// Input modalities.
    #[serde(default = "text_only")]
    pub input: Vec<String>,
    /// Output modalities.
    #[serde(default = "text_only")]
    pub output: Vec<String>,
    /// Whether it can stream.
    #[serde(default = "yes")]
    pub streaming: bool,
    /// Supported customizations.
    #[serde(default)]
    pub customizations: Vec<String>,
    /// Regions where the bare id can be called; `*` for all.
    #[serde(default)]
    pub on_demand: Vec<String>,
    /// System-defined inference profiles of this model.
    #[serde(default)]
    pub profiles: Vec<SystemProfile>,
    /// Where the entry comes from: observed, documented, assumed.
    #[serde(default)]
    pub basis: Option<String>,
    /// Regions in which it was observed, where that is narrower than `onDemand`.
    #[serde(default)]
    pub observed: Vec<String>,
    /// Free remark of the layer's author.
    #[serde(default)]
    pub note: Option<String>,
}

/// A system-defined inference profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SystemProfile {
    /// Geography: `us`, `eu`, `global`, …
    pub geo: String,
    /// Profile id: geography, dot, model id.
    pub id: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// Calling region → regions it routes to; `*` for any calling region and, on the right, for
    /// the calling region itself; the empty string for the region-less ARN of global profiles.
    pub sources: HashMap<String, Vec<String>>,
    /// Where the entry comes from.
    #[serde(default)]
    pub basis: Option<String>,
    /// Regions in which it was observed.
    #[serde(default)]
    pub observed: Vec<String>,
    /// Free remark of the layer's author.
    #[serde(default)]
    pub note: Option<String>,
}

/// An application profile that a layer declares.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DeclaredProfile {
    /// Full ARN, which says account, region and id.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(default)]
    pub description: Option<String>,
    /// The model or system profile it was made from: an id or ARN.
    pub copy_from: String,
    /// When it was made, ISO 8601; the guide layer's date if absent.
    #[serde(default)]
    pub created_at: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// Where the entry comes from.
    #[serde(default)]
    pub basis: Option<String>,
    /// Free remark of the layer's author.
    #[serde(default)]
    pub note: Option<String>,
}

/// A model of a user's own that a layer declares: imported, provisioned, deployed, or behind a
/// SageMaker endpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OwnModel {
    /// Full ARN, of any account and region.
    pub arn: String,
    /// Id of the foundation model that it answers like; OpenAI's forms if absent.
    #[serde(default)]
    pub base: Option<String>,
    /// Where the entry comes from.
    #[serde(default)]
    pub basis: Option<String>,
    /// Free remark of the layer's author.
    #[serde(default)]
    pub note: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

impl ModelEntry {
    /// Whether the bare id can be called in a region.
    pub fn on_demand_in(&self, region: &str) -> bool {
        self.on_demand.iter().any(|r| r == region || r == "*")
    }

    pub(super) fn absorb(&mut self, other: Self) {
        for region in other.on_demand {
            if !self.on_demand.contains(&region) {
                self.on_demand.push(region);
            }
        }
        for profile in other.profiles {
            match self.profiles.iter_mut().find(|p| p.id == profile.id) {
                None => self.profiles.push(profile),
                Some(known) => {
                    for (region, routed) in profile.sources {
                        known.sources.entry(region).or_insert(routed);
                    }
                }
            }
        }
    }
}

impl SystemProfile {
    /// The regions that a call from `region` is routed to, `None` if the profile is not offered
    /// there. The empty string means the region-less ARN.
    pub fn routes_from<'a>(&'a self, region: &'a str) -> Option<Vec<&'a str>> {
        let routed = self.sources.get(region).or_else(|| self.sources.get("*"))?;
        Some(
            routed
                .iter()
                .map(|r| if r == "*" { region } else { r.as_str() })
                .collect(),
        )
    }
}

fn active() -> String {
    "ACTIVE".into()
}

fn text_only() -> Vec<String> {
    vec!["TEXT".into()]
}

fn yes() -> bool {
    true
}
