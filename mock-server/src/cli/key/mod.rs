//! `bedrock-mock key`: mints development keys and explains any Bedrock key. Offline.

mod decode;
mod long;
mod short;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Mint a long-term development key (ABSK…); every mock knows it, the real service does not
    Long(long::LongArgs),
    /// Mint a short-term key (bedrock-api-key-…) as AWS's generators do
    Short(short::ShortArgs),
    /// Explain a key: account, user, expiry, region, and why it would be refused
    Decode(Box<decode::DecodeArgs>),
}

pub(super) fn run(command: KeyCommand) -> u8 {
    match command {
        KeyCommand::Long(args) => long::run(&args),
        KeyCommand::Short(args) => short::run(&args),
        KeyCommand::Decode(args) => decode::run(*args),
    }
}
