//! A mock inside a Rust test: port 0, stopped on drop.

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::account::DEFAULT_ACCOUNT;
use crate::app::{App, watch_scenarios};
use crate::auth::api_key::long_term::mint_development;
use crate::config::{Config, Switch};
use crate::control;
use crate::diagnostics::StartError;
use crate::faults::{ActiveRule, Rule, RuleError};
use crate::journal::{Entry, Expectation, Filter, Journal, Verification, Waited, list};
use crate::model::overlay::Fidelity;
use crate::scenarios::build::ScenarioBuilder;
use crate::scenarios::expect::{Expectations, put_text};
use crate::scenarios::{ScenarioHandle, WrongScenario};
use crate::server::head::Spellings;
use crate::server::{Server, accept};
use crate::state::clock::Clock;
use crate::state::store::StoreError;
use crate::tls::{LazyTls, TlsOptions, ensure_ca};

/// A running mock. Dropping it stops it. What fails the test then: an answer that did not fit the
/// service model, with the self-check on (the default here), a scenario that did not answer as often
/// as it was expected to, and requests that were expected and did not come.
pub struct MockServer {
    address: SocketAddr,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    checks: bool,
    expected: Mutex<Vec<Expectation>>,
    expectations: Expectations,
}

/// Characters of each body in the list of requests that a failed test prints.
const BODY_PRINTED: usize = 400;

/// Settings of a [`MockServer`].
#[derive(Debug, Clone)]
pub struct Builder {
    config: Config,
}

impl MockServer {
    /// Starts a mock with default settings on a free port of 127.0.0.1.
    ///
    /// Fails if no port can be bound. Must be called inside a Tokio runtime.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Settings for a mock.
    pub fn builder() -> Builder {
        Builder {
            config: Config {
                port: 0,
                access_log: false,
                self_check: true,
                ..Config::default()
            },
        }
    }

    /// Starts a mock with settings as they are; used by the program.
    pub async fn run(config: Config) -> Result<Self, StartError> {
        let tls = LazyTls::new(tls_options(&config)).map_err(|e| StartError(e.to_string()))?;
        let tls = Arc::new(tls);
        let wanted = SocketAddr::new(config.host, config.port);
        let app = Arc::new(App::new(config)?);
        let listener = listen(wanted).map_err(|e| {
            StartError(format!(
                "cannot listen on {wanted}: {e}; --port 0 picks a free port"
            ))
        })?;
        let address = listener
            .local_addr()
            .map_err(|e| StartError(format!("{wanted}: {e}")))?;
        let server = Arc::new(Server {
            control: control::router(Arc::clone(&app)),
            spellings: Spellings::learn().await?,
            stopping: AtomicBool::new(false),
            app: Arc::clone(&app),
        });
        watch_scenarios::start(&app);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept::serve(listener, server, tls, stopped));
        let checks = app.config.self_check;
        Ok(Self {
            address,
            app,
            stop: Some(stop),
            task: Some(task),
            checks,
            expected: Mutex::default(),
            expectations: Expectations::default(),
        })
    }

    /// Base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The region that answers unless a request names one.
    pub fn region(&self) -> &str {
        &self.app.config.region
    }

    /// Whether the control API and its page answer.
    pub(crate) fn serves_control(&self) -> bool {
        self.app.config.control == Switch::On
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The development API key of the default account.
    pub fn api_key(&self) -> String {
        self.api_key_of(DEFAULT_ACCOUNT)
    }

    /// The development API key of a 12-digit account; every account is its own world.
    pub fn api_key_of(&self, account: &str) -> String {
        mint_development(&format!("BedrockAPIKey-mock-at-{account}"))
    }

    /// The PEM file of the CA that signs the mock's certificate, for clients that want TLS. Makes
    /// the CA if there is none yet.
    pub fn ca_file(&self) -> Result<std::path::PathBuf, StartError> {
        ensure_ca(&tls_options(&self.app.config)).map_err(|e| StartError(e.to_string()))
    }

    /// Lets something go wrong, for every request unless the rule says which:
    /// `server.fault(Rule::new(Exception::named("ThrottlingException")).first(2))`. Returns the rule's
    /// id. Fails if the rule is wrong, or nothing that it fits can suffer its fault.
    pub fn fault(&self, rule: impl Into<Rule>) -> Result<String, RuleError> {
        self.app.faults.add(rule.into(), &self.app.models)
    }

    /// The fault rules in force, with how often each was met.
    pub fn faults(&self) -> Vec<ActiveRule> {
        self.app.faults.list(None)
    }

    /// Takes away all fault rules, or those of one account.
    pub fn reset_faults(&self, account: Option<&str>) {
        self.app.faults.clear(account);
    }

    /// Answers certain requests as a scenario says, from now on; one of the same name and account is
    /// replaced. Fails if the scenario is wrong, with a line for each thing that is.
    pub fn scenario(&self, scenario: ScenarioBuilder) -> Result<ScenarioHandle, WrongScenario> {
        let (scenarios, models) = (&self.app.scenarios, &self.app.models);
        self.expectations.put(scenarios, models, scenario)
    }

    /// Likewise for all scenarios of a text that is written as a scenario file. They replace those
    /// that were put for all accounts before.
    pub fn scenarios_json(&self, text: &str) -> Result<(), WrongScenario> {
        put_text(&self.app.scenarios, &self.app.models, None, text)
    }

    /// Likewise for one account; every account is its own world.
    pub fn scenarios_json_of(&self, account: &str, text: &str) -> Result<(), WrongScenario> {
        put_text(&self.app.scenarios, &self.app.models, Some(account), text)
    }

    /// Holds scenarios and requests against what was expected of them, as dropping the mock does:
    /// fails with the scenarios, their counts, and the requests that came in.
    pub fn verify(&self) -> Result<(), String> {
        let scenarios = self.expectations.broken(&self.app.scenarios);
        let requests = self.unmet();
        let Some(why) = [&scenarios, &requests].into_iter().flatten().next() else {
            return Ok(());
        };
        let received = list(&self.received(), BODY_PRINTED);
        Err(format!("{why}\nrequests received:\n{received}"))
    }

    /// Streams that are open now.
    pub fn open_streams(&self) -> u64 {
        self.app
            .open_streams
            .load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Answers so far that did not fit the service model.
    pub fn self_check(&self) -> Vec<String> {
        self.app.self_check.findings()
    }

    /// All requests so far, of all accounts, oldest first, refused ones too. A request is here as soon
    /// as its client has the head of the answer; [`crate::journal::Entry::ending`] is there when the
    /// whole answer left.
    pub fn received(&self) -> Vec<Arc<Entry>> {
        self.app.journal.entries(&Filter::default())
    }

    /// The journal, for filters, waiting and verifying.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.app.journal
    }

    /// Waits until `count` requests pass a filter, those that are there already included, for at most
    /// `timeout`.
    pub async fn wait_for(&self, filter: &Filter, count: usize, timeout: Duration) -> Waited {
        self.app.journal.wait_for(filter, count, timeout).await
    }

    /// Expects requests until the mock is dropped, which panics if they did not come, with the
    /// requests that did. Expectations are met in any order.
    pub fn expect(&self, expectation: Expectation) {
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(expectation);
    }

    /// The clock that keys, sessions and creation dates go by.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// Forgets what one account made and did, or all accounts; see [`App::reset`]. Expectations stay.
    pub fn reset(&self, account: Option<&str>) -> Result<(), StoreError> {
        self.app.reset(account).map(|_| ())
    }

    /// Stops: no new connections, open exchanges finish within the configured time.
    /// Returns what the self-check found.
    pub async fn stop(mut self) -> Vec<String> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
        self.checks = false;
        self.app.self_check.findings()
    }

    /// Why the requests so far are not those that were expected.
    fn unmet(&self) -> Option<String> {
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = self.app.journal.verify(&Verification {
            expectations: expected.clone(),
            ..Verification::default()
        });
        (!verdict.ok()).then(|| {
            let found = verdict.text();
            format!("the mock did not receive what was expected:\n{found}")
        })
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        // The sender is dropped with self, which stops the accept loop.
        if std::thread::panicking() {
            return;
        }
        if let Err(why) = self.verify() {
            panic!("{why}");
        }
        let findings = self.app.self_check.findings();
        if self.checks && !findings.is_empty() {
            panic!(
                "answers of the mock do not fit the service model:\n{}",
                findings.join("\n")
            );
        }
    }
}

impl Builder {
    /// The region that answers unless the request names one; credentials of another one are refused.
    pub fn region(mut self, region: &str) -> Self {
        self.config.region = region.into();
        self.config.region_given = true;
        self
    }

    /// Which face the mock shows.
    pub fn fidelity(mut self, fidelity: Fidelity) -> Self {
        self.config.fidelity = fidelity;
        self
    }

    /// Lets something go wrong from the start; see [`MockServer::fault`].
    pub fn fault(mut self, rule: impl Into<Rule>) -> Self {
        self.config.faults.push(rule.into());
        self
    }

    /// Any other setting.
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts the mock. Fails if a setting is wrong or no port can be bound.
    pub async fn start(self) -> Result<MockServer, StartError> {
        MockServer::run(self.config).await
    }
}

/// Connections that may wait to be accepted. A thousand clients that start at once fill the usual
/// queue, and those that do not fit are reset.
const BACKLOG: u32 = 4096;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn tls_options(config: &Config) -> TlsOptions {
    TlsOptions {
        dir: config.ca_dir.clone(),
        cert: config.tls_cert.clone(),
        key: config.tls_key.clone(),
        names: config.tls_names.clone(),
    }
}
