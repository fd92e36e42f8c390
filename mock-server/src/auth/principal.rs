//! Who calls.

/// The caller of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// 12-digit account; every account is its own world.
    pub account: String,
    /// IAM user name, or the session's name.
    pub user: String,
    /// ARN of the session; users have theirs by name.
    pub arn: Option<String>,
    /// What was shown.
    pub kind: Kind,
    /// Region of the credential's scope, where it has one.
    pub region: Option<String>,
}

/// What was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A request signed with an access key.
    AccessKey {
        /// The access key id.
        id: String,
    },
    /// A long-term API key.
    LongTermKey,
    /// A short-term API key.
    ShortTermKey,
    /// Nothing, where no credentials are required.
    Anonymous,
}

impl Principal {
    /// Returns the caller's ARN as the service prints it.
    pub fn arn(&self) -> String {
        match &self.arn {
            Some(arn) => arn.clone(),
            None => format!("arn:aws:iam::{}:user/{}", self.account, self.user),
        }
    }

    /// Returns the role whose session this is, of whatever partition.
    pub fn role(&self) -> Option<&str> {
        let (_, session) = self.arn.as_deref()?.split_once(":assumed-role/")?;
        session.split('/').next()
    }

    /// Returns whether temporary credentials were shown.
    pub fn is_temporary(&self) -> bool {
        self.arn.is_some()
    }

    /// Returns whether a bearer key was shown.
    pub fn is_bearer(&self) -> bool {
        matches!(self.kind, Kind::LongTermKey | Kind::ShortTermKey)
    }
}
