//! The smoke check: a target that claims a capability must pass `smoke/<capability>`.

use super::instance;
use crate::case::Case;
use crate::knowledge::Knowledge;
use crate::target::OpenTarget;
use crate::wire::Client;

/// What is wrong with a target's claims; empty if nothing is.
///
/// # Errors
/// When the target cannot be reached.
pub(super) fn check(
    knowledge: &Knowledge,
    target: &OpenTarget,
    client: &mut Client,
    cases: &[Case],
    run_id: &str,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for capability in &target.target.capabilities {
        let id = format!("smoke/{capability}");
        let Some(case) = cases.iter().find(|case| case.id == id) else {
            continue;
        };
        // Asking would cost money, so the real service is believed.
        if target.target.authority && case.billable.is_some() {
            continue;
        }
        for row in &case.instances {
            // Without a model for it nothing can be asked, and what needs that model is skipped as well.
            if super::plan::lacks(case, row, &target.target).is_some() {
                continue;
            }
            let judged = instance::run(knowledge, target, client, case, row, run_id);
            if let Some(unreachable) = judged.unreachable {
                return Err(unreachable);
            }
            for step in judged.steps {
                let first = step.verdicts.findings.first().map(|finding| {
                    format!(
                        "{}{}: expected {}, seen {}",
                        finding.part.word(),
                        finding.path,
                        finding.expected,
                        finding.seen
                    )
                });
                if let Some(what) = step.broken.or(first) {
                    wrong.push(format!(
                        "target {} claims {capability:?}, but {id} fails: {what}",
                        target.target.name
                    ));
                    break;
                }
            }
        }
    }
    Ok(wrong)
}
