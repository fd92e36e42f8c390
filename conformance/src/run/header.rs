//! The header of a run's events: what was run, against which target, with which options.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::events::Header;
use super::options::Options;
use crate::case::Selection;
use crate::model::Models;
use crate::reference_data::ReferenceData;
use crate::server::{Kind, OpenTarget};

/// Returns the header of a run.
pub(super) fn header(
    reference: &ReferenceData,
    revision: &str,
    target: &OpenTarget,
    options: &Options,
    selected: usize,
) -> Header {
    let model = reference.models.service("bedrock-runtime");
    let model = model.map(|model| format!("{} {}", model.package, model.package_version));
    Header {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        revision: revision.to_owned(),
        target: target.target.name.clone(),
        version: target.version.clone(),
        url: target.address(),
        region: target.target.region.clone(),
        model: model.unwrap_or_default(),
        model_hash: Models::hash(),
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
