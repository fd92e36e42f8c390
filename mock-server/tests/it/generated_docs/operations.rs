//! Imitated operations, from `GET /_mock/coverage`.

use serde_json::Value;

use super::markdown::{code, codes, table as markdown};

pub(crate) fn table(coverage: &Value) -> String {
    let rows: Vec<Vec<String>> = coverage["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|service| {
            let operations = service["operations"].as_array().unwrap();
            let mut imitated: Vec<&str> = operations
                .iter()
                .filter(|operation| operation["imitated"] == true)
                .map(|operation| operation["name"].as_str().unwrap())
                .collect();
            imitated.sort_unstable();
            vec![
                code(service["service"].as_str().unwrap()),
                format!("{} of {}", imitated.len(), operations.len()),
                codes(imitated.into_iter()),
            ]
        })
        .collect();
    markdown(&["service", "imitated", "operations"], &rows)
}
