//! Tables on standard output, and the same figures as JSON.

use serde_json::{Value, json};

use crate::options::Options;
use crate::{Failure, pin};

/// A table in the making.
pub struct Table {
    about: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    figures: Vec<Value>,
    notes: Vec<String>,
}

impl Table {
    /// An empty one.
    pub fn new(about: &str, columns: &[&'static str]) -> Self {
        println!("# {about}");
        println!(
            "{} cores; servers on one, what asks on another",
            pin::count()
        );
        if pin::count() < 2 {
            println!("ONE CORE ONLY: servers and what asks share it, ratios are too kind");
        }
        Self {
            about: about.into(),
            columns: columns.to_vec(),
            rows: Vec::new(),
            figures: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A line, shown at once on standard error too, because a run takes minutes.
    pub fn row(&mut self, cells: Vec<String>, figures: Value) {
        eprintln!("{}", cells.join("  "));
        self.rows.push(cells);
        self.figures.push(figures);
    }

    /// A sentence below the table.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Prints it as Markdown and writes the JSON where the flag says.
    pub fn finish(self, options: &Options) -> Result<(), Failure> {
        println!("\n| {} |", self.columns.join(" | "));
        println!("|{}", "---|".repeat(self.columns.len()));
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
        println!();
        for note in &self.notes {
            println!("- {note}");
        }
        if let Some(path) = &options.json {
            let all = json!({
                "about": self.about, "cores": pin::count(),
                "rows": self.figures, "notes": self.notes,
            });
            std::fs::write(path, format!("{all:#}\n"))?;
        }
        Ok(())
    }
}
