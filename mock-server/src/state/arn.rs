//! ARNs of Bedrock's resources.
//!
//! Only those of the `aws` partition: the catalogue has no region of another one, so an ARN of
//! another partition can name nothing here.

use super::resolve::Asker;

/// The parts of a Bedrock ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Region, empty for the ARNs that global profiles list first.
    pub region: &'a str,
    /// Account, empty for foundation models.
    pub account: &'a str,
    /// What precedes the slash.
    pub kind: &'a str,
    /// What follows it.
    pub id: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN, `None` if the text is not an ARN or is of another service or partition.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:aws:bedrock:")?.splitn(3, ':');
        let (region, account) = (parts.next()?, parts.next()?);
        let (kind, id) = parts.next()?.split_once('/')?;
        Some(Self {
            region,
            account,
            kind,
            id,
        })
    }

    /// Returns whether it names something in the asker's region and account, or leaves them open.
    pub fn is_near(&self, asker: Asker<'_>) -> bool {
        (self.region.is_empty() || self.region == asker.region)
            && (self.account.is_empty() || self.account == asker.account)
    }

    /// Returns whether it names something in the asker's region that is the asker's own.
    pub fn is_own(&self, asker: Asker<'_>) -> bool {
        self.region == asker.region && self.account == asker.account
    }
}

/// Returns the ARN of a foundation model.
pub fn model_arn(region: &str, id: &str) -> String {
    format!("arn:aws:bedrock:{region}::foundation-model/{id}")
}
