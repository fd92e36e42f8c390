//! JUnit XML, as CI systems read it: areas are suites, rows are test cases.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};

use super::parse::{Report, Row};
use super::sanitize::sanitize;
use crate::run::Verdict;

/// Returns the report as JUnit XML.
///
/// # Errors
/// When the XML writer fails.
pub fn junit(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut out = JunitReport::new(&*shown(&report.header.target));
    if let Some(why) = report.stopped() {
        // A run that stopped did not pass, whatever its rows say.
        let status = non_success(NonSuccessKind::Error, &format!("stopped: {why}"));
        out.add_test_suite(suite("run", [test_case("run", "finished", status)]));
    }
    let mut areas: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &report.rows {
        areas.entry(row.area()).or_default().push(row);
    }
    for (area, rows) in areas {
        let cases = rows
            .into_iter()
            .map(|row| test_case(area, &row.full, status(row)));
        out.add_test_suite(suite(area, cases));
    }
    out.to_string()
}

fn suite(name: &str, cases: impl IntoIterator<Item = TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(&*shown(name));
    suite.add_test_cases(cases);
    suite
}

fn test_case(area: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(&*shown(name), status);
    case.set_classname(&*shown(area));
    case
}

fn status(row: &Row) -> TestCaseStatus {
    if row.passed() {
        return TestCaseStatus::success();
    }
    let differences = row.differences();
    if row.is_failure() {
        let mut status = non_success(NonSuccessKind::Failure, row.title());
        status.set_description(&*shown(&format!("{differences}why: {}", row.why())));
        status
    } else if row.is_inconclusive() {
        let mut status = non_success(NonSuccessKind::Error, Verdict::Inconclusive.word());
        status.set_description(&*shown(&differences));
        status
    } else {
        let why = row.skipped.as_deref().unwrap_or(&differences);
        let mut status = TestCaseStatus::skipped();
        status.set_message(&*shown(&format!(
            "{}: {}",
            row.verdict().word(),
            why.trim()
        )));
        status
    }
}

fn non_success(kind: NonSuccessKind, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(&*shown(message));
    status
}

/// Shows what the writer would drop: control characters, and the two code points that XML excludes.
fn shown(text: &str) -> String {
    sanitize(text).replace(['\u{fffe}', '\u{ffff}'], "?")
}
