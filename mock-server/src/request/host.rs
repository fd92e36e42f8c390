//! What the Host header says: which service, which region.

/// What a host name of AWS's form names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// One of [`SERVICES`].
    pub service: String,
    /// The region, absent for global endpoints.
    pub region: Option<String>,
}

/// Services of AWS that a host can name here: those that the mock imitates, and those beside them,
/// whose routes it must not lend its own.
const SERVICES: &[&str] = &[
    "bedrock-runtime",
    "bedrock",
    "iam",
    "sts",
    "bedrock-mantle",
    "bedrock-agent",
    "bedrock-agent-runtime",
    "bedrock-data-automation",
    "bedrock-data-automation-runtime",
];

/// Services whose operations take no API keys (docs.aws.amazon.com, "API keys reference").
pub fn takes_no_keys(service: &str) -> bool {
    service.starts_with("bedrock-agent") || service.starts_with("bedrock-data-automation")
}

/// Whether a host in any case begins like one that [`of_host`] reads.
pub fn may_name(host: &str) -> bool {
    let first = host.split('.').next().unwrap_or_default().as_bytes();
    let begins = |service: &&str| {
        let start = first.get(..service.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(service.as_bytes()))
    };
    SERVICES.iter().any(begins)
}

/// Reads `{service}[-fips].{region}.{suffix}`, `iam.amazonaws.com`, `sts.amazonaws.com`; any other
/// host names nothing and sees all services.
pub fn of_host(host: &str) -> Option<Named> {
    let mut labels = host.split('.');
    let first = labels.next()?;
    let service = first.strip_suffix("-fips").unwrap_or(first);
    if !SERVICES.contains(&service) {
        return None;
    }
    let second = labels.next()?;
    let region = crate::account::is_region(second).then(|| second.to_owned());
    let service = service.to_owned();
    let rest: Vec<&str> = labels.collect();
    let aws = |suffix: &[&str]| {
        matches!(
            suffix,
            ["amazonaws", "com"] | ["amazonaws", "com", "cn"] | ["api", "aws"]
        )
    };
    match region {
        Some(_) if aws(&rest) => Some(Named { service, region }),
        None if second == "amazonaws" && rest == ["com"] => Some(Named {
            service,
            region: None,
        }),
        _ => None,
    }
}

/// The region inside a Bedrock ARN, wherever the path holds one (raw or percent-encoded).
pub fn of_arn(id: &str) -> Option<&str> {
    let region = id.strip_prefix("arn:")?.split(':').nth(2)?;
    crate::account::is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_service_and_region() {
        let named = |service: &str, region: Option<&str>| {
            Some(Named {
                service: service.into(),
                region: region.map(Into::into),
            })
        };
        assert_eq!(
            of_host("bedrock-runtime.us-east-1.amazonaws.com"),
            named("bedrock-runtime", Some("us-east-1"))
        );
        assert_eq!(
            of_host("bedrock-runtime-fips.us-gov-west-1.amazonaws.com"),
            named("bedrock-runtime", Some("us-gov-west-1"))
        );
        assert_eq!(
            of_host("bedrock.eu-west-1.amazonaws.com"),
            named("bedrock", Some("eu-west-1"))
        );
        assert_eq!(of_host("iam.amazonaws.com"), named("iam", None));
        assert_eq!(of_host("127.0.0.1"), None);
        assert_eq!(of_host("bedrock.example.com"), None);
        assert_eq!(of_host("bedrock"), None);
    }

    #[test]
    fn arns_name_regions() {
        assert_eq!(
            of_arn("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/x"),
            Some("eu-west-1")
        );
        assert_eq!(of_arn("arn:aws:bedrock:::foundation-model/x"), None);
        assert_eq!(of_arn("anthropic.claude-v2"), None);
    }
}
