//! `bedrock-mock reference`: flags and exit codes as JSON, for the tables of the handbook.
//!
//! Hidden from `--help`: the handbook is what people read. Its tables are made from this text, so a
//! flag that is added or renamed is missing there only until somebody runs `make bless`.

use clap::builder::StyledStr;
use clap::{Arg, Command};
use serde_json::{Value, json};

use super::print;
use crate::exit_codes;

/// Prints the flags of all subcommands of `program`, and the exit codes.
pub(super) fn run(mut program: Command) -> u8 {
    program.build();
    let mut commands = Vec::new();
    collect(&program, "", &mut commands);
    let reference = json!({ "commands": commands, "exitCodes": exit_codes::TABLE });
    print(&format!("{reference:#}\n"))
}

/// Appends the visible subcommands of a command, `key long` after `key`.
fn collect(command: &Command, prefix: &str, out: &mut Vec<Value>) {
    for sub in command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
    {
        let name = format!("{prefix}{}", sub.get_name());
        let flags: Vec<Value> = sub
            .get_arguments()
            .filter(|arg| {
                !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())
            })
            .map(flag)
            .collect();
        out.push(json!({ "name": name, "about": text(sub.get_about()), "flags": flags }));
        collect(sub, &format!("{name} "), out);
    }
}

/// Describes one flag or argument.
fn flag(arg: &Arg) -> Value {
    let takes_value = arg.get_action().takes_values();
    let value = arg.get_value_names().filter(|_| takes_value).map(|names| {
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        names.join(" ")
    });
    let values: Vec<Value> = arg
        .get_possible_values()
        .iter()
        .filter(|value| takes_value && !value.is_hide_set())
        .map(|value| json!({ "name": value.get_name(), "help": text(value.get_help()) }))
        .collect();
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .filter(|_| takes_value)
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    json!({
        "flag": arg.get_long(),
        "value": value,
        "env": arg.get_env().map(|name| name.to_string_lossy()),
        "heading": arg.get_help_heading(),
        "help": text(arg.get_help()),
        "default": defaults.join(","),
        "values": values,
    })
}

fn text(styled: Option<&StyledStr>) -> Option<String> {
    styled.map(ToString::to_string)
}
