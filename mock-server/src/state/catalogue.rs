//! Foundation models and inference profiles, merged from dated layers.
//!
//! The format of a layer is described in `fixtures/catalogue/README.md`; users' overlays have the
//! same. Later layers add regions and profiles to the models that earlier ones brought, and
//! never take any away.

use std::collections::HashMap;

use serde::Deserialize;

use super::StartError;
use crate::config::{Config, Layer};

/// All models and profiles that the mock knows.
#[derive(Debug, Default)]
pub struct Catalogue {
    models: Vec<ModelEntry>,
    by_id: HashMap<String, usize>,
    profiles: HashMap<String, (usize, usize)>,
    /// Application profiles that layers declare.
    pub declared: Vec<DeclaredProfile>,
    /// Models of users' own that layers declare.
    own: Vec<OwnModel>,
    ended: Vec<String>,
    families: Vec<Family>,
}

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

/// How answers of a family of models look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Family {
    /// The family's name.
    pub family: String,
    /// Ids it covers; `*` at the end matches any rest.
    #[serde(rename = "match")]
    pub patterns: Vec<String>,
    /// The form of token counts.
    pub usage: UsageForm,
    /// The form of Anthropic bodies of InvokeModel, for Claude models.
    #[serde(default)]
    pub claude: Option<ClaudeForm>,
    /// When the cache counts of InvokeModel stand among its headers.
    #[serde(default)]
    pub cache_headers: CacheHeaders,
    /// Whether `toolUse` blocks of Converse say `"type":"tool_use"` (newer models).
    #[serde(default)]
    pub typed_tool_use: bool,
    /// How streams cut the arguments of tools.
    #[serde(default)]
    pub tool_pieces: ToolPiecesForm,
    /// What Converse refuses to pass on to the models: `system`, `tools`, `streamingTools`,
    /// `toolChoice.any`, `toolChoice.tool`, `temperature`, `topP`, `stopSequences`, `image`, `video`,
    /// `document`, `audio`, `s3Uri`, `signature`.
    #[serde(default)]
    pub refuses: Vec<String>,
    /// Whether CountTokens knows the models.
    #[serde(default)]
    pub counts_tokens: bool,
    /// observed, documented or assumed.
    pub basis: String,
    /// Where the fact comes from.
    pub source: String,
}

/// Which members `usage` has.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UsageForm {
    /// When cache counts appear.
    pub cache_counts: CacheCounts,
    /// When the write counts appear among them.
    pub write_counts: WriteCounts,
    /// Whether the empty `serverToolUsage` object appears.
    pub server_tool_usage: bool,
    /// The same for streams, where it differs.
    #[serde(default)]
    pub stream_server_tool_usage: Option<bool>,
}

/// The form of Anthropic bodies, which changed over the years.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ClaudeForm {
    /// Which member comes first.
    pub order: BodyOrder,
    /// Whether `stop_details` appears.
    #[serde(default)]
    pub stop_details: bool,
    /// Which cache counts `usage` has.
    pub cache_usage: CacheUsage,
}

/// Which member of a message comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyOrder {
    /// `id`, to mid 2025.
    #[default]
    IdFirst,
    /// `model`, since late 2025.
    ModelFirst,
}

/// Which cache counts an Anthropic `usage` has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheUsage {
    /// None, unless the request holds a cache point.
    #[default]
    WhenCached,
    /// Reads and writes.
    Counts,
    /// Reads, writes, and writes by time to live.
    Creation,
}

/// When cache counts stand among the headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheHeaders {
    /// Never.
    #[default]
    Never,
    /// If the request holds a cache point.
    CachePoint,
    /// Always.
    Always,
}

/// How streams cut the arguments of tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolPiecesForm {
    /// An empty piece first, then a few tokens each.
    EmptyFirst,
    /// All at once.
    #[default]
    Whole,
    /// Token by token, pretty-printed.
    Pretty,
}

/// When cache counts appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheCounts {
    /// Never.
    Never,
    /// If the request holds a cache point.
    CachePoint,
    /// In every unary answer; in streams only with a cache point.
    Always,
}

/// When write counts appear among the cache counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteCounts {
    /// With the read counts.
    Always,
    /// Only if something was written.
    WhenWritten,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LayerFile {
    #[serde(default)]
    layer: Option<String>,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    provenance: Option<serde_json::Value>,
    #[serde(default)]
    models: Vec<ModelEntry>,
    #[serde(default)]
    application_profiles: Vec<DeclaredProfile>,
    #[serde(default)]
    own_models: Vec<OwnModel>,
    #[serde(default)]
    ended: Vec<String>,
}

#[derive(Deserialize)]
struct FamiliesFile {
    families: Vec<Family>,
}

impl Catalogue {
    /// Merges the layers that the configuration asks for and the user's overlay files.
    pub fn load(config: &Config) -> Result<Self, StartError> {
        use bedrock_fixtures::catalogue::{FAMILIES, GUIDE, HISTORY, TODAY};
        let families: FamiliesFile = serde_json::from_str(FAMILIES)
            .map_err(|e| StartError(format!("fixtures/catalogue/families.json: {e}")))?;
        let mut all = Self {
            families: families.families,
            ..Self::default()
        };
        for layer in &config.catalogue_layers {
            let (name, text) = match layer {
                Layer::Today => ("fixtures/catalogue/today.json", TODAY),
                Layer::Guide => ("fixtures/catalogue/guide.json", GUIDE),
                Layer::History => ("fixtures/catalogue/history.json", HISTORY),
            };
            all.merge(name, text)?;
        }
        for path in &config.catalogue {
            let text = std::fs::read_to_string(path).map_err(|e| {
                StartError(format!(
                    "{}: {e}; --catalogue takes a JSON file",
                    path.display()
                ))
            })?;
            all.merge(&path.display().to_string(), &text)?;
        }
        all.index();
        Ok(all)
    }

    fn merge(&mut self, name: &str, text: &str) -> Result<(), StartError> {
        let file: LayerFile = serde_json::from_str(text).map_err(|e| {
            StartError(format!(
                "{name}:{}:{}: {e}; fixtures/catalogue/README.md shows the format of a catalogue file",
                e.line(),
                e.column()
            ))
        })?;
        let _ = (file.layer, file.about, file.provenance);
        for model in file.models {
            match self.by_id.get(&model.id).copied() {
                None => {
                    self.by_id.insert(model.id.clone(), self.models.len());
                    self.models.push(model);
                }
                Some(at) => self.models[at].absorb(model),
            }
        }
        for declared in file.application_profiles {
            self.declared.retain(|d| d.arn != declared.arn);
            self.declared.push(declared);
        }
        for own in file.own_models {
            if !super::resolve::names_own_model(&own.arn) {
                return Err(StartError(format!(
                    "{name}: ownModels: {} is not the ARN of an imported, provisioned or deployed model or of a SageMaker endpoint",
                    own.arn
                )));
            }
            self.own.retain(|o| o.arn != own.arn);
            self.own.push(own);
        }
        self.ended.extend(file.ended);
        Ok(())
    }

    fn index(&mut self) {
        for (m, model) in self.models.iter().enumerate() {
            for (p, profile) in model.profiles.iter().enumerate() {
                self.profiles.insert(profile.id.clone(), (m, p));
            }
        }
    }

    /// All foundation models.
    pub fn models(&self) -> &[ModelEntry] {
        &self.models
    }

    /// A foundation model by its base id.
    pub fn model(&self, id: &str) -> Option<&ModelEntry> {
        self.by_id.get(id).map(|at| &self.models[*at])
    }

    /// A system profile by its id, with its model.
    pub fn profile(&self, id: &str) -> Option<(&ModelEntry, &SystemProfile)> {
        self.profiles
            .get(id)
            .map(|(m, p)| (&self.models[*m], &self.models[*m].profiles[*p]))
    }

    /// A declared model of a user's own, by its ARN.
    pub fn own_model(&self, arn: &str) -> Option<&OwnModel> {
        self.own.iter().find(|o| o.arn == arn)
    }

    /// Whether an id once named a model that no active layer has.
    pub fn has_ended(&self, id: &str) -> bool {
        self.ended.iter().any(|e| e == id)
    }

    /// How answers of a model look, by its base id.
    pub fn family(&self, id: &str) -> Option<&Family> {
        self.families
            .iter()
            .find(|f| f.patterns.iter().any(|p| covers(p, id)))
    }
}

impl ModelEntry {
    /// Whether the bare id can be called in a region.
    pub fn on_demand_in(&self, region: &str) -> bool {
        self.on_demand.iter().any(|r| r == region || r == "*")
    }

    fn absorb(&mut self, other: Self) {
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
    /// there. The empty string stands for the region-less ARN.
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

fn covers(pattern: &str, id: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == id, |start| id.starts_with(start))
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
