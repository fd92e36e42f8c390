//! What a run was asked for with, as its report tells it: to ask for it again, and to tell shards of
//! one run from those of another.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::events::Header;
use super::runner::Options;
use crate::case::Selection;
use crate::report::shell;
use crate::server::{Kind, OpenTarget};

/// What a run was asked for with: its report tells it, so that it can be asked for again.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The command without ids.
    pub command: String,
    /// The command for the cases that show capabilities; they may be others than those that are run.
    pub smoke: String,
    /// What the command line says otherwise than the target's file, secrets removed.
    pub config: Value,
    /// Rows derived from the service model that were left out.
    pub left_out: usize,
}

impl Invocation {
    /// The command that runs one row or case again.
    pub fn again(&self, full: &str) -> String {
        format!("{} {}", self.command, shell(full))
    }

    /// Likewise, with whatever the target claims believed: for the case that shows a claim wrong.
    pub fn unchecked(&self, full: &str) -> String {
        format!("{} {}", self.smoke, shell(full))
    }
}

pub(super) fn header(
    revision: &str,
    target: &OpenTarget,
    options: &Options,
    selected: usize,
) -> Header {
    let model =
        crate::service_models::ServiceModel::parse(bedrock_fixtures::models::BEDROCK_RUNTIME)
            .map(|model| format!("{} {}", model.package, model.package_version))
            .unwrap_or_default();
    Header {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        revision: revision.to_owned(),
        target: target.target.name.clone(),
        version: target.version.clone(),
        url: target.address(),
        region: target.target.region.clone(),
        model,
        model_hash: crate::service_models::hash(),
        selected,
        shard: options.selection.shard,
        selection: selection(&options.selection),
        config: config(target, &options.origin.config),
        deviations: options.deviations.hash.clone(),
        again: options.origin.command.clone(),
        left_out: options.origin.left_out,
        started: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        counts: target
            .target
            .counts
            .iter()
            .map(|kind| kind.word().to_owned())
            .collect(),
    }
}

/// What was asked for, without the shard: all shards of a run have the same.
fn selection(selection: &Selection) -> Value {
    let bases: Vec<_> = selection.bases.iter().map(|basis| basis.word()).collect();
    let levels: Vec<_> = selection.levels.iter().map(|level| level.word()).collect();
    json!({"ids": selection.prefixes, "bases": bases, "levels": levels})
}

/// What the target was told; where it is, unless the suite started it: then the port is chance.
fn config(target: &OpenTarget, stated: &Value) -> Value {
    let url = match target.target.kind {
        Kind::Spawn { .. } => None,
        Kind::Url(_) | Kind::Aws(_) => Some(target.address()),
    };
    json!({
        "url": url,
        "roles": target.target.roles,
        "capabilities": target.target.capabilities,
        "stated": stated,
    })
}
