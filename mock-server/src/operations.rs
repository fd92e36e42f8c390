//! What the mock knows of operations beside their models: one row for each.
//!
//! To add an operation, add its row here; the compiler then asks for its handler in `ops::handler`.
//! Operations of the models that have no row are not imitated, and nothing is guessed about them.

use std::sync::LazyLock;

/// A row: what the mock knows of an operation beside its model.
#[derive(Debug)]
pub struct Known {
    /// The operation.
    pub(crate) id: OperationId,
    /// The service, by its endpoint prefix.
    pub(crate) service: &'static str,
    /// The operation's name in the model.
    pub(crate) name: &'static str,
    /// The IAM action that allows it; the operation's own name if the row has none.
    pub(crate) action: &'static str,
    /// When the action is checked.
    pub(crate) authorized: Authorized,
    /// API keys may call it (docs.aws.amazon.com, "API keys reference"). IAM and STS take none, but
    /// treat a request with one as not signed.
    pub(crate) takes_api_keys: bool,
    /// A model answers, so scenarios that name no operation are for it.
    pub(crate) infers: bool,
    /// Its answer holds counts of tokens.
    pub(crate) reports_usage: bool,
    /// Paths of the input members that may hold an ARN with a region.
    pub(crate) arn_members: &'static [&'static [&'static str]],
}

/// When the action of an operation is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorized {
    /// Before the operation, for every resource.
    Before,
    /// By the operation, once it knows the model.
    PerModel,
}

/// Makes the enum and the rows: service, prefix of its IAM actions, operations and what differs from
/// [`row`].
macro_rules! operations {
    ($($service:literal $prefix:literal {
        $($name:ident { $($field:ident: $value:expr),* $(,)? })*
    })*) => {
        /// An operation that has a row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum OperationId {
            $($($name,)*)*
        }

        /// All rows.
        pub(crate) const OPERATIONS: &[Known] = &[$($(Known {
            $($field: $value,)*
            ..row(
                OperationId::$name,
                $service,
                stringify!($name),
                concat!($prefix, ":", stringify!($name)),
            )
        },)*)*];
    };
}

operations! {
    "bedrock-runtime" "bedrock" {
        Converse {
            action: "bedrock:InvokeModel",
            authorized: Authorized::PerModel,
            infers: true,
            reports_usage: true,
            arn_members: &[&["modelId"]],
        }
        ConverseStream {
            action: "bedrock:InvokeModelWithResponseStream",
            authorized: Authorized::PerModel,
            infers: true,
            reports_usage: true,
            arn_members: &[&["modelId"]],
        }
        InvokeModel {
            authorized: Authorized::PerModel,
            infers: true,
            reports_usage: true,
            arn_members: &[&["modelId"]],
        }
        // The counts are inside the provider's events, which faults do not open.
        InvokeModelWithResponseStream {
            authorized: Authorized::PerModel,
            infers: true,
            arn_members: &[&["modelId"]],
        }
        CountTokens {
            authorized: Authorized::PerModel,
            reports_usage: true,
            arn_members: &[&["modelId"]],
        }
        InvokeModelWithBidirectionalStream {
            authorized: Authorized::PerModel,
            takes_api_keys: false,
            arn_members: &[&["modelId"]],
        }
    }
    "bedrock" "bedrock" {
        CreateInferenceProfile { arn_members: &[&["modelSource", "copyFrom"]] }
        GetInferenceProfile { arn_members: &[&["inferenceProfileIdentifier"]] }
        ListInferenceProfiles {}
        DeleteInferenceProfile { arn_members: &[&["inferenceProfileIdentifier"]] }
        TagResource { arn_members: &[&["resourceARN"]] }
        UntagResource { arn_members: &[&["resourceARN"]] }
        ListTagsForResource { arn_members: &[&["resourceARN"]] }
        ListFoundationModels {}
        GetFoundationModel { arn_members: &[&["modelIdentifier"]] }
        GetFoundationModelAvailability { arn_members: &[&["modelId"]] }
    }
    "iam" "iam" {
        CreateServiceSpecificCredential {}
        CreateUser {}
        DeleteServiceSpecificCredential {}
        DeleteUser {}
        GetUser {}
        ListServiceSpecificCredentials {}
        ListUsers {}
        ResetServiceSpecificCredential {}
        UpdateServiceSpecificCredential {}
    }
    "sts" "sts" {
        AssumeRole {}
        GetCallerIdentity {}
        GetSessionToken {}
    }
}

const fn row(
    id: OperationId,
    service: &'static str,
    name: &'static str,
    action: &'static str,
) -> Known {
    Known {
        id,
        service,
        name,
        action,
        authorized: Authorized::Before,
        takes_api_keys: true,
        infers: false,
        reports_usage: false,
        arn_members: &[],
    }
}

/// Names of the operations in which a model answers.
pub(crate) static INFERENCE: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let infers = OPERATIONS.iter().filter(|known| known.infers);
    infers.map(|known| known.name).collect()
});

/// Returns the row of an operation.
pub(crate) fn find(service: &str, name: &str) -> Option<&'static Known> {
    let mut rows = OPERATIONS.iter();
    rows.find(|known| known.name == name && known.service == service)
}
