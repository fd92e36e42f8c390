//! Reads scenario files again when they change.
//!
//! Files are looked at five times a second: that works on every file system, also where a container
//! shares a folder and changes are not notified. Requests in flight keep the list that they began with.

use std::sync::{Arc, Weak};

use super::App;
use crate::scenarios::files::{self, INTERVAL};

/// Starts watching, if there are files. Ends with the mock.
pub(crate) fn start(app: &Arc<App>) {
    if app.config.scenarios.is_empty() {
        return;
    }
    for folder in app.config.scenarios.iter().filter(|path| path.is_dir()) {
        if files::files_of(folder).is_ok_and(|files| files.is_empty()) {
            eprintln!(
                "bedrock-mock: {}: this folder of --scenarios has no .json files yet; those that come are read",
                folder.display()
            );
        }
    }
    let app = Arc::downgrade(app);
    tokio::spawn(watch(app));
}

async fn watch(app: Weak<App>) {
    let mut known = None;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let Some(app) = app.upgrade() else { return };
        let paths = app.config.scenarios.clone();
        let seen = tokio::task::spawn_blocking(move || files::fingerprint(&paths)).await;
        let Ok(seen) = seen else { return };
        // The first look is read too: a file may have changed since the start.
        if known.as_ref() != Some(&seen) {
            let reading = Arc::clone(&app);
            let _ = tokio::task::spawn_blocking(move || reload(&reading)).await;
            known = Some(seen);
        }
    }
}

/// Takes over what the files say now; what was in force stays if anything in them is wrong.
fn reload(app: &App) {
    match files::load(&app.config.scenarios, &app.models) {
        Ok(scenarios) => app.scenarios.set_files(scenarios),
        Err(problems) => {
            for problem in problems {
                eprintln!(
                    "bedrock-mock: {problem} (the scenarios before the change stay in force)"
                );
            }
        }
    }
}
