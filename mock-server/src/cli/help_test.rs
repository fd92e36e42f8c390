//! The help texts, as clap has them.

use clap::{Arg, Command, CommandFactory as _};

use super::Cli;

/// Walks a command and all below it.
fn each(command: &Command, path: &str, check: &mut dyn FnMut(&str, &Command)) {
    check(path, command);
    for inner in command.get_subcommands() {
        each(inner, &format!("{path} {}", inner.get_name()), check);
    }
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn every_argument_says_what_it_takes() {
    let mut seen = 0;
    each(&Cli::command(), "bedrock-mock", &mut |path, command| {
        for arg in command.get_arguments() {
            let name = format!("{path} {}", arg.get_id());
            assert!(!help(arg).is_empty(), "{name} has no help");
            let takes = arg.get_num_args().is_none_or(|n| n.takes_values());
            let derived = arg.get_id().as_str().to_uppercase();
            let values = arg.get_value_names().unwrap_or_default();
            if takes && arg.get_action().takes_values() {
                seen += 1;
                let short = [
                    "PORT", "URL", "ACCOUNT", "REGION", "SCHEME", "KEY", "FILES", "CONTROL",
                ];
                assert!(
                    values
                        .iter()
                        .all(|v| **v != *derived || short.contains(&v.as_str())),
                    "{name}: {values:?} repeats the flag; set value_name"
                );
            }
        }
    });
    assert!(seen > 40, "{seen}");
}

#[test]
fn no_help_text_holds_a_link_of_the_code() {
    each(&Cli::command(), "bedrock-mock", &mut |path, command| {
        let text = command.clone().render_long_help().to_string();
        for sign in ["[`", "::", "//!"] {
            assert!(!text.contains(sign), "{path} --help holds {sign}:\n{text}");
        }
    });
}

#[test]
fn flags_of_serve_have_headings() {
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve");
    let flags = serve.into_iter().flat_map(Command::get_arguments);
    for flag in flags.filter(|flag| flag.get_id() != "config") {
        assert!(
            flag.get_help_heading().is_some(),
            "--{} has none",
            flag.get_id()
        );
    }
}
