//! Foundation models and inference profiles, merged from dated layers.
//!
//! The format of a layer is described in `fixtures/catalogue/README.md`; users' overlays have the
//! same. Later layers add regions and profiles to the models that earlier ones brought, and
//! never take any away.

use std::collections::HashMap;

use serde::Deserialize;

use super::capabilities::Capabilities;
pub use super::capabilities::{Capability, Limits, TooLong};
pub use super::entry::{DeclaredProfile, ModelEntry, OwnModel, SystemProfile, Tag};
pub use super::family::{
    BodyOrder, CacheCounts, CacheHeaders, CacheUsage, ClaudeForm, Family, RuleSet, ThinksForm,
    ThoughtsForm, ToolIdForm, ToolPiecesForm, TypedToolUse, UsageForm, WriteCounts,
};
use super::prompt_cache::CachingModels;
use super::stored_prompt::StoredPrompt;
use crate::behaviour::CacheRules;
use crate::config::{Config, Layer};
use crate::diagnostics::StartError;
use crate::model::Model;

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
    /// Prompts that layers declare.
    prompts: Vec<StoredPrompt>,
    ended: Vec<String>,
    families: Vec<Family>,
    caching: Vec<CachingModels>,
    capabilities: Capabilities,
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
    prompts: Vec<StoredPrompt>,
    #[serde(default)]
    ended: Vec<String>,
}

#[derive(Deserialize)]
struct FamiliesFile {
    families: Vec<Family>,
}

#[derive(Deserialize)]
struct PromptCacheFile {
    models: Vec<CachingModels>,
}

impl Catalogue {
    /// Merges the layers that the configuration names and the user's overlay files.
    pub fn load(config: &Config) -> Result<Self, StartError> {
        use bedrock_fixtures::catalogue::{
            CAPABILITIES, FAMILIES, GUIDE, HISTORY, PROMPT_CACHE, TODAY,
        };
        let families: FamiliesFile = serde_json::from_str(FAMILIES)
            .map_err(|e| StartError(format!("fixtures/catalogue/families.json: {e}")))?;
        let caching: PromptCacheFile = serde_json::from_str(PROMPT_CACHE)
            .map_err(|e| StartError(format!("fixtures/catalogue/prompt-cache.json: {e}")))?;
        let capabilities = serde_json::from_str(CAPABILITIES)
            .map_err(|e| StartError(format!("fixtures/catalogue/capabilities.json: {e}")))?;
        let mut all = Self {
            families: families.families,
            caching: caching.models,
            capabilities,
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
        for prompt in file.prompts {
            let place = format!("{name}:{}", place_of(text, &prompt.arn));
            self.prompts.retain(|p| p.arn != prompt.arn);
            self.prompts.push(StoredPrompt { place, ..prompt });
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
        let ids = self.models.iter().map(|model| model.id.as_str());
        self.capabilities.learn(ids);
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

    /// A declared prompt, by its ARN.
    pub fn prompt(&self, arn: &str) -> Option<&StoredPrompt> {
        self.prompts.iter().find(|p| p.arn == arn)
    }

    /// Refuses declared prompts that no request could be made of.
    pub fn check_prompts(&self, runtime: &Model) -> Result<(), StartError> {
        self.prompts.iter().try_for_each(|p| p.check(runtime))
    }

    /// Whether an id once named a model that no active layer has.
    pub fn has_ended(&self, id: &str) -> bool {
        self.ended.iter().any(|e| e == id)
    }

    /// Names of the families, in the catalogue's order; one that has several rows comes several times.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(|f| f.family.as_str())
    }

    /// How answers of a model look, by its base id.
    pub fn family(&self, id: &str) -> Option<&Family> {
        self.families
            .iter()
            .find(|f| f.patterns.iter().any(|p| covers(p, id)))
    }

    /// What a model lets the prompt cache do, by its base id; `None` if it caches nothing.
    pub fn prompt_cache(&self, id: &str) -> Option<CacheRules> {
        self.caching
            .iter()
            .find(|c| c.patterns.iter().any(|p| covers(p, id)))
            .map(CachingModels::rules)
    }

    /// Whether Converse refuses something for a model, by its base id.
    pub fn refuses(&self, id: &str, what: Capability) -> bool {
        self.capabilities.refuses(id, what)
    }

    /// How much a request to a model may hold, by its base id.
    pub fn limits(&self, id: &str) -> Limits {
        self.capabilities.limits(id)
    }
}

/// Line and column of a text in a file, counted from 1.
fn place_of(file: &str, text: &str) -> String {
    let before = &file[..file.find(text).unwrap_or(0)];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("{line}:{column}")
}

/// Whether a pattern covers an id; `*` at its end matches any rest.
pub(crate) fn covers(pattern: &str, id: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == id, |start| id.starts_with(start))
}
