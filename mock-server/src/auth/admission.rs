//! What a principal may not do.
//!
//! Without rules everything is allowed. `--deny PRINCIPAL=ACTION` refuses in the service's words,
//! so that clients' handling of missing permissions can be tested.

use super::principal::Principal;
use crate::config::{Allow, Config, DenyRule};
use crate::model::{Model, Operation};
use crate::operations::Authorized;
use crate::state::resolve::Resolved;
use crate::wire::{ApiError, rows};

/// What principals may not do.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    deny: &'a [DenyRule],
    application_profiles: Allow,
}

impl<'a> Policy<'a> {
    /// Returns the policy of these settings.
    pub fn new(config: &'a Config) -> Self {
        Self {
            deny: &config.deny,
            application_profiles: config.api_key_application_profiles,
        }
    }

    /// Refuses a principal that may not call an operation at all.
    pub fn admit(
        self,
        principal: &Principal,
        model: &Model,
        operation: &Operation,
    ) -> Result<(), ApiError> {
        if principal.is_bearer() {
            if operation.known.is_some_and(|known| !known.takes_api_keys) {
                return Err(ApiError::row(rows::auth::API_KEY_OPERATION)
                    .with("operation", &operation.name)
                    .hint("API keys cannot call this operation; sign the request instead"));
            }
            self.deny(principal, "bedrock:CallWithBearerToken", "*")?;
        }
        match operation.known {
            Some(known) if known.authorized == Authorized::PerModel => Ok(()),
            Some(known) => self.deny(principal, known.action, "*"),
            // Operations that are not imitated are refused later, for another reason.
            None => {
                let action = format!("{}:{}", model.signing_name, operation.name);
                self.deny(principal, &action, "*")
            }
        }
    }

    /// Refuses a principal that may not call an operation on a model.
    pub fn admit_model(
        self,
        principal: &Principal,
        operation: &Operation,
        target: &Target<'_>,
    ) -> Result<(), ApiError> {
        let Target {
            region,
            id,
            resolved,
        } = *target;
        if resolved.application_profile
            && principal.is_bearer()
            && self.application_profiles == Allow::Deny
        {
            return Err(ApiError::row(rows::auth::API_KEY_APPLICATION_PROFILE)
                .hint("--api-key-application-profiles deny is set"));
        }
        let resource = if id.starts_with("arn:") {
            id.to_owned()
        } else if id == resolved.id {
            format!("arn:aws:bedrock:{region}::foundation-model/{id}")
        } else {
            format!(
                "arn:aws:bedrock:{region}:{}:inference-profile/{id}",
                principal.account
            )
        };
        match operation.known {
            Some(known) => self.deny(principal, known.action, &resource),
            None => {
                Err(ApiError::row(rows::front_door::NOT_IMITATED)
                    .with("operation", &operation.name))
            }
        }
    }

    fn deny(self, principal: &Principal, action: &str, resource: &str) -> Result<(), ApiError> {
        let mut rules = self.deny.iter();
        let Some(rule) = rules.find(|rule| applies(rule, principal, action)) else {
            return Ok(());
        };
        Err(ApiError::row(rows::auth::IAM_DENIED)
            .with("arn", &principal.arn())
            .with("resource", resource)
            .with("action", action)
            .hint(format!("--deny {}={} applies", rule.principal, rule.action)))
    }
}

/// The model that an inference operation is called on.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The region that answers.
    pub region: &'a str,
    /// Its id or ARN as the request names it.
    pub id: &'a str,
    /// The model itself.
    pub resolved: &'a Resolved<'a>,
}

fn applies(rule: &DenyRule, principal: &Principal, action: &str) -> bool {
    let who = rule.principal == "*"
        || rule.principal == principal.user
        || rule.principal == principal.account;
    let what = rule
        .action
        .strip_suffix('*')
        .map_or(rule.action == action, |start| action.starts_with(start));
    who && what
}
