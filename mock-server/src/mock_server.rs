//! A mock inside a Rust test: port 0, stopped on drop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::auth::api_key::long_term::mint_development;
use crate::config::{Config, DEFAULT_ACCOUNT};
use crate::control;
use crate::edge::log::AccessLog;
use crate::faults::{Rule, RuleError, Standing};
use crate::model::overlay::Fidelity;
use crate::scenarios::watch as scenario_watch;
use crate::server::head::Spellings;
use crate::server::{Server, accept};
use crate::state::{App, StartError};
use crate::tls::{LazyTls, TlsOptions, ensure_ca};

/// A running mock. Dropping it stops it; with the self-check on (the default here), an answer that
/// did not fit the service model fails the test then.
pub struct MockServer {
    address: SocketAddr,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    checks: bool,
}

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
        let listener = TcpListener::bind(wanted).await.map_err(|e| {
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
            log: app.config.access_log.then(AccessLog::start),
            stopping: AtomicBool::new(false),
            app: Arc::clone(&app),
        });
        scenario_watch::start(&app);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept::serve(listener, server, tls, stopped));
        let checks = app.config.self_check;
        Ok(Self {
            address,
            app,
            stop: Some(stop),
            task: Some(task),
            checks,
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
    pub fn faults(&self) -> Vec<Standing> {
        self.app.faults.list(None)
    }

    /// Takes away all fault rules, or those of one account.
    pub fn reset_faults(&self, account: Option<&str>) {
        self.app.faults.reset(account);
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

    /// Stops: no new connections, open exchanges finish within the configured time.
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
}

impl Drop for MockServer {
    fn drop(&mut self) {
        // The sender is dropped with self, which stops the accept loop.
        let findings = self.app.self_check.findings();
        if self.checks && !findings.is_empty() && !std::thread::panicking() {
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

fn tls_options(config: &Config) -> TlsOptions {
    TlsOptions {
        dir: config.ca_dir.clone(),
        cert: config.tls_cert.clone(),
        key: config.tls_key.clone(),
        names: config.tls_names.clone(),
    }
}
