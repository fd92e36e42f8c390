//! Everything that requests share, put together once at start.
//!
//! One [`App`] behind an `Arc`; no global state. Parts that change have their own small locks, and
//! no lock is held across an await.

mod reset;
mod unused_account;
pub(crate) mod watch_scenarios;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::auth::{Authenticator, Verifier};
use crate::config::Config;
use crate::diagnostics::StartError;
use crate::faults::Rules;
use crate::journal::Journal;
use crate::model::overlay::{Fidelity, Overlay};
use crate::model::{Model, Router};
use crate::scenarios::{Scenarios, files};
use crate::state::catalogue::Catalogue;
use crate::state::clock::Clock;
use crate::state::issued_accounts::IssuedAccounts;
use crate::state::prompt_cache::PromptCaches;
use crate::state::resolve::Resolver;
use crate::state::self_check::SelfCheck;
use crate::state::store::{Accounts, MemoryStore, RedbStore, Store};

/// Everything that requests share.
pub struct App {
    /// Settings, fixed at start.
    pub config: Config,
    /// Service models: runtime first, then control plane, IAM, STS.
    pub models: Vec<Model>,
    /// Paths of all operations.
    pub router: Router,
    /// Foundation models and profiles.
    pub catalogue: Catalogue,
    /// Credentials.
    pub auth: Authenticator,
    /// What users made.
    pub accounts: Accounts,
    /// What users want certain requests to be answered with.
    pub scenarios: Scenarios,
    /// Prompts that models remember.
    pub prompt_caches: PromptCaches,
    /// What is to go wrong.
    pub faults: Rules,
    /// The time that keys, sessions and creation dates go by.
    pub clock: Clock,
    /// What came in.
    pub journal: Arc<Journal>,
    /// Accounts that the control API gave out.
    pub issued_accounts: IssuedAccounts,
    /// Answers that did not fit their model.
    pub self_check: SelfCheck,
    /// Streams that are open now.
    pub open_streams: AtomicU64,
    /// Requests answered so far.
    pub requests: AtomicU64,
}

impl App {
    /// Reads the embedded data and the user's overlays.
    pub fn new(config: Config) -> Result<Self, StartError> {
        let models = load_models(config.fidelity)?;
        let router = Router::new(&models);
        let catalogue = Catalogue::load(&config)?;
        if let Some(runtime) = models.first() {
            catalogue.check_prompts(runtime)?;
        }
        let auth = Authenticator::new(&config)?;
        let store: Arc<dyn Store> = match &config.state {
            Some(path) => Arc::new(RedbStore::open(path)?),
            None => Arc::new(MemoryStore::default()),
        };
        let accounts = Accounts::new(store);
        let scenarios = Scenarios::default();
        scenarios.set_files(load_scenarios(&config, &models)?);
        let self_check = SelfCheck::new(config.self_check);
        let faults = Rules::default();
        for rule in &config.faults {
            faults
                .add(rule.clone(), &models)
                .map_err(|e| StartError(format!("--fault {}: {e}", rule.to_value())))?;
        }
        faults.make_permanent();
        let journal = Arc::new(Journal::new(config.journal));
        Ok(Self {
            config,
            models,
            router,
            catalogue,
            auth,
            accounts,
            scenarios,
            prompt_caches: PromptCaches::default(),
            faults,
            clock: Clock::default(),
            journal,
            issued_accounts: IssuedAccounts::default(),
            self_check,
            open_streams: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        })
    }

    /// Returns what names the callers of requests.
    pub(crate) fn verifier(&self) -> Verifier<'_> {
        Verifier {
            authenticator: &self.auth,
            accounts: &self.accounts,
            clock: &self.clock,
        }
    }

    /// Returns what finds models for requests.
    pub(crate) fn resolver(&self) -> Resolver<'_> {
        Resolver {
            catalogue: &self.catalogue,
            accounts: &self.accounts,
            unknown_models: self.config.unknown_models,
            legacy_models: self.config.legacy_models,
        }
    }

    /// Whether a named relaxation is in force: one of the runtime, or of all services.
    pub fn switch(&self, name: &str) -> bool {
        self.models.first().is_some_and(|m| m.overlay.switch(name))
    }

    /// A stream opened; the guard closes it in the books when it is dropped.
    pub fn stream_opened(self: &Arc<Self>) -> StreamGuard {
        self.open_streams.fetch_add(1, Ordering::Relaxed);
        StreamGuard(Arc::clone(self))
    }
}

/// Counts one open stream for as long as it lives.
pub struct StreamGuard(Arc<App>);

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.0.open_streams.fetch_sub(1, Ordering::Relaxed);
    }
}

fn load_scenarios(config: &Config, models: &[Model]) -> Result<files::Loaded, StartError> {
    files::load(&config.scenarios, models).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        StartError(lines.join("\n"))
    })
}

fn load_models(fidelity: Fidelity) -> Result<Vec<Model>, StartError> {
    use bedrock_fixtures::models::{BEDROCK, BEDROCK_RUNTIME, IAM, STS};
    let read = |text: &str, service: &str| {
        let overlay = Overlay::read(bedrock_fixtures::overlays::MODEL, service, fidelity)
            .map_err(|e| StartError(format!("fixtures/overlays/model.json: {e}")))?;
        Model::load(text, overlay).map_err(|e| StartError(format!("{service}: {e}")))
    };
    Ok(vec![
        read(BEDROCK_RUNTIME, "bedrock-runtime")?,
        read(BEDROCK, "bedrock")?,
        read(IAM, "iam")?,
        read(STS, "sts")?,
    ])
}
