//! The inference profiles that an account sees in a region.
//!
//! System profiles are in the catalogue. Application profiles are records that users made, and
//! declarations of catalogue layers, which exist as if the account had made them. A record beats
//! the declaration with its id, which is how a declared profile gets tags; a declared profile that
//! was deleted leaves a mark and stays away.

use std::collections::HashSet;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::arn::{Arn, model_arn};
use super::catalogue::{Catalogue, DeclaredProfile, ModelEntry, SystemProfile};
use super::resolve::{Asker, Resolver};
use super::store::{Accounts, Kind, ProfileRecord, Record, View};

/// Creation of declared profiles whose layer gives no time.
const DECLARED_AT_NS: i64 = 1_754_006_400_000_000_000; // 2025-08-01T00:00:00Z

/// A profile that the asker can see.
pub enum Found<'a> {
    /// The service's.
    System(System<'a>),
    /// The account's.
    Application(ProfileRecord),
}

/// A system profile as one region sees it.
#[derive(Debug, Clone)]
pub struct System<'a> {
    /// The model behind it.
    pub model: &'a ModelEntry,
    /// The profile.
    pub profile: &'a SystemProfile,
    /// Where it routes to; the empty string means the region-less ARN.
    pub routes: Vec<&'a str>,
}

impl System<'_> {
    /// Returns the ARNs of the models that it routes to.
    pub fn model_arns(&self) -> Vec<String> {
        let id = &self.model.id;
        self.routes.iter().map(|r| model_arn(r, id)).collect()
    }
}

/// Returns the id of a profile's record in the store.
pub fn record_id(region: &str, id: &str) -> String {
    format!("{region}/{id}")
}

/// Finds a profile by its id or ARN.
pub fn find<'a>(
    catalogue: &'a Catalogue,
    view: &View<'_>,
    asker: Asker<'a>,
    identifier: &str,
) -> Option<Found<'a>> {
    let (kind, id) = if identifier.starts_with("arn:") {
        let arn = Arn::parse(identifier).filter(|arn| arn.is_own(asker))?;
        (Some(arn.kind), arn.id)
    } else {
        (None, identifier)
    };
    let system = || system(catalogue, asker.region, id).map(Found::System);
    let application = || application(catalogue, view, asker, id).map(Found::Application);
    match kind {
        Some("inference-profile") => system(),
        Some("application-inference-profile") => application(),
        Some(_) => None,
        None => system().or_else(application),
    }
}

/// Returns the system profile of this id, if it can be called from the region.
pub fn system<'a>(catalogue: &'a Catalogue, region: &'a str, id: &str) -> Option<System<'a>> {
    let (model, profile) = catalogue.profile(id)?;
    let routes = profile.routes_from(region)?;
    Some(System {
        model,
        profile,
        routes,
    })
}

/// Returns all system profiles that a region offers, by id in ascending order.
pub fn systems<'a>(catalogue: &'a Catalogue, region: &'a str) -> Vec<System<'a>> {
    let profiles = catalogue.models().iter().flat_map(|m| &m.profiles);
    let mut all: Vec<_> = profiles
        .filter(|p| is_offered(p, region))
        .filter_map(|p| system(catalogue, region, &p.id))
        .collect();
    all.sort_by(|a, b| a.profile.id.cmp(&b.profile.id));
    all
}

/// Returns whether a region's lists have a system profile. Layers written by hand let a profile be called
/// from everywhere, so that old recordings can be replayed in any region; lists show it in the
/// regions of its geography alone, as the service's do.
pub fn is_offered(profile: &SystemProfile, region: &str) -> bool {
    let starts: &[&str] = match profile.geo.as_str() {
        "us" => &["us-east-", "us-west-"],
        "us-gov" => &["us-gov-"],
        "eu" => &["eu-"],
        "apac" => &["ap-"],
        "ca" => &["ca-"],
        "jp" => &["ap-northeast-1", "ap-northeast-3"],
        "au" => &["ap-southeast-2", "ap-southeast-4"],
        "in" => &["ap-south-"],
        _ => &[""],
    };
    let is_local = starts.iter().any(|start| region.starts_with(start));
    profile.sources.contains_key(region) || (is_local && profile.sources.contains_key("*"))
}

/// Returns an application profile by its id.
pub fn application(
    catalogue: &Catalogue,
    view: &View<'_>,
    asker: Asker<'_>,
    id: &str,
) -> Option<ProfileRecord> {
    let key = record_id(asker.region, id);
    if let Some(record) = view.get(Kind::Profile, &key) {
        return profile_of(&record);
    }
    let declared = declared(catalogue, asker).find(|(arn, _)| arn.id == id)?;
    if view.get(Kind::Removed, &key).is_some() {
        return None;
    }
    let (arn, declared) = declared;
    Some(record_of(catalogue, arn, declared))
}

/// Returns all application profiles of the asker, by id in ascending order.
pub fn applications(
    catalogue: &Catalogue,
    view: &View<'_>,
    asker: Asker<'_>,
) -> Vec<ProfileRecord> {
    let mut all = made(view, asker.region);
    let known: HashSet<String> = all.iter().map(|p| p.id.clone()).collect();
    for (arn, declared) in declared(catalogue, asker) {
        let removed = view.get(Kind::Removed, &record_id(asker.region, arn.id));
        if !known.contains(arn.id) && removed.is_none() {
            all.push(record_of(catalogue, arn, declared));
        }
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// Returns whether a catalogue layer declares an application profile for the asker.
pub fn is_declared(catalogue: &Catalogue, asker: Asker<'_>, id: &str) -> bool {
    declared(catalogue, asker).any(|(arn, _)| arn.id == id)
}

/// Returns the application profiles of a region that have a record.
pub fn made(view: &View<'_>, region: &str) -> Vec<ProfileRecord> {
    view.list(Kind::Profile)
        .iter()
        .filter_map(|(_, record)| profile_of(record))
        .filter(|profile| profile.region == region)
        .collect()
}

/// Returns what a profile can be made from: the id of the model or system profile, and the ARNs of
/// the models behind it. `None` if it is no source here. `bare_ids` allows ids that are not ARNs.
pub fn source(
    resolver: Resolver<'_>,
    asker: Asker<'_>,
    copy_from: &str,
    bare_ids: bool,
) -> Option<(String, Vec<String>)> {
    let (kind, id) = if copy_from.starts_with("arn:") {
        let arn = Arn::parse(copy_from).filter(|arn| arn.is_near(asker))?;
        (Some(arn.kind), arn.id)
    } else if bare_ids {
        (None, copy_from)
    } else {
        return None;
    };
    if matches!(kind, None | Some("inference-profile"))
        && let Some(system) = system(resolver.catalogue, asker.region, id)
    {
        return Some((id.to_owned(), system.model_arns()));
    }
    let is_model = matches!(kind, None | Some("foundation-model"))
        && resolver.catalogue.profile(id).is_none()
        && resolver.resolve(asker, id).is_ok();
    is_model.then(|| (id.to_owned(), vec![model_arn(asker.region, id)]))
}

/// Returns the id of the model or system profile that an application profile was made from, if the
/// asker's account has the profile in the asker's region.
pub fn application_source(
    catalogue: &Catalogue,
    accounts: &Accounts,
    asker: Asker<'_>,
    arn: &str,
) -> Option<String> {
    let named = Arn::parse(arn).filter(|arn| arn.is_own(asker))?;
    let view = accounts.view(asker.account);
    application(catalogue, &view, asker, named.id).map(|profile| profile.source)
}

fn declared<'a>(
    catalogue: &'a Catalogue,
    asker: Asker<'_>,
) -> impl Iterator<Item = (Arn<'a>, &'a DeclaredProfile)> {
    catalogue.declared.iter().filter_map(move |declared| {
        let arn = Arn::parse(&declared.arn).filter(|arn| arn.is_own(asker))?;
        (arn.kind == "application-inference-profile").then_some((arn, declared))
    })
}

fn profile_of(record: &Record) -> Option<ProfileRecord> {
    match record {
        Record::Profile(profile) => Some(profile.clone()),
        _ => None,
    }
}

fn record_of(catalogue: &Catalogue, arn: Arn<'_>, declared: &DeclaredProfile) -> ProfileRecord {
    // A layer may name the source by id or by ARN; whether it can be called shows when it is.
    let source = Arn::parse(&declared.copy_from).map_or(declared.copy_from.as_str(), |arn| arn.id);
    let models = system(catalogue, arn.region, source)
        .map_or_else(|| vec![model_arn(arn.region, source)], |s| s.model_arns());
    let created = declared
        .created_at
        .as_deref()
        .and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok())
        .and_then(|at| i64::try_from(at.unix_timestamp_nanos()).ok());
    ProfileRecord {
        arn: declared.arn.clone(),
        region: arn.region.to_owned(),
        id: arn.id.to_owned(),
        name: declared.name.clone(),
        description: declared.description.clone(),
        source: source.to_owned(),
        models,
        created_ns: created.unwrap_or(DECLARED_AT_NS),
        tags: declared
            .tags
            .iter()
            .map(|tag| (tag.key.clone(), tag.value.clone()))
            .collect(),
    }
}
