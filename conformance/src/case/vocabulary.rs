//! The words that cases and targets share: capabilities and roles.

/// What a target can be able to do. For each there is a case `smoke/NAME`, which shows that a
/// target that claims it has it.
pub const CAPABILITIES: &[(&str, &str)] = &[
    ("converse", "Converse"),
    ("converse-stream", "ConverseStream"),
    ("invoke", "InvokeModel"),
    ("invoke-stream", "InvokeModelWithResponseStream"),
    ("count-tokens", "CountTokens"),
    (
        "apply-guardrail",
        "ApplyGuardrail and guardrails on inference",
    ),
    ("async-invoke", "StartAsyncInvoke and what belongs to it"),
    (
        "tools",
        "Converse with a forced tool answers with a call of it",
    ),
    ("profiles", "inference profiles of the control plane"),
    (
        "foundation-models",
        "foundation models of the control plane",
    ),
    ("tags", "tags of the control plane"),
    ("control-plane", "other operations of the control plane"),
    ("iam", "users and API keys by IAM's query protocol"),
    ("sts", "STS's query protocol"),
    ("bearer", "API keys as credentials"),
    ("sigv4", "signatures as credentials"),
    ("control", "the mock's control API below /_mock/"),
];

/// The capability that an operation belongs to.
pub fn capability_of(service: &str, operation: &str) -> &'static str {
    match (service, operation) {
        ("iam", _) => "iam",
        ("sts", _) => "sts",
        (_, "Converse") => "converse",
        (_, "ConverseStream") => "converse-stream",
        (_, "InvokeModel") => "invoke",
        (_, "InvokeModelWithResponseStream") => "invoke-stream",
        (_, "CountTokens") => "count-tokens",
        ("bedrock-runtime", "ApplyGuardrail" | "InvokeGuardrailChecks") => "apply-guardrail",
        ("bedrock-runtime", _) => "async-invoke",
        (_, name) if name.ends_with("InferenceProfile") || name.ends_with("InferenceProfiles") => {
            "profiles"
        }
        (_, "TagResource" | "UntagResource" | "ListTagsForResource") => "tags",
        (_, "ListFoundationModels" | "GetFoundationModel" | "GetFoundationModelAvailability") => {
            "foundation-models"
        }
        _ => "control-plane",
    }
}

/// Operations that the real service bills by the token.
pub const BILLED: &[&str] = &[
    "Converse",
    "ConverseStream",
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "InvokeModelWithBidirectionalStream",
    "StartAsyncInvoke",
];

/// What models are for. Targets map each role they have to a model id; cases never name a model
/// unless the id is the point.
pub const ROLES: &[(&str, &str)] = &[
    (
        "text-cheap",
        "the cheapest model that converses and streams",
    ),
    (
        "text-claude",
        "a current model of Anthropic's, by any id that works on demand",
    ),
    (
        "text-claude-old",
        "a model of Anthropic's before prompt caching (3.5 or older)",
    ),
    (
        "text-claude-3-haiku",
        "Claude 3 Haiku, by any id that works",
    ),
    ("text-claude-4-5", "Claude Sonnet 4.5, by any id that works"),
    ("text-claude-4-6", "Claude Sonnet 4.6, by any id that works"),
    ("text-claude-5", "Claude Sonnet 5, by any id that works"),
    (
        "text-claude-haiku-4-5",
        "Claude Haiku 4.5, by any id that works",
    ),
    (
        "text-claude-opus-4-6",
        "Claude Opus 4.6, by any id that works",
    ),
    (
        "text-claude-opus-4-7",
        "Claude Opus 4.7, by any id that works",
    ),
    (
        "text-nova-pro",
        "Amazon Nova Pro of the first generation, by any id that works",
    ),
    ("text-llama-3-3", "Llama 3.3, by any id that works"),
    ("text-llama-4", "Llama 4, by any id that works"),
    (
        "text-mistral-large",
        "Mistral Large of 2024, by any id that works",
    ),
    ("text-mistral-3", "Mistral Large 3, by any id that works"),
    (
        "text-qwen-vl",
        "a model of Qwen's that takes images, by any id that works",
    ),
    ("text-deepseek-v3", "DeepSeek V3, by any id that works"),
    ("text-kimi", "Kimi K2, by any id that works"),
    ("text-kimi-2-5", "Kimi K2.5, by any id that works"),
    ("text-glm", "GLM 4.7, by any id that works"),
    ("text-minimax", "MiniMax M2, by any id that works"),
    ("text-nova", "a model of the first Amazon Nova generation"),
    (
        "text-nova-2",
        "a model of the second Amazon Nova generation",
    ),
    ("text-titan", "Amazon Titan text"),
    ("text-llama", "Meta Llama"),
    ("text-mistral", "Mistral's text completion form"),
    ("text-mistral-chat", "Mistral's chat form"),
    ("text-cohere", "Cohere Command R or R+"),
    ("text-cohere-command", "Cohere Command"),
    ("text-jamba", "AI21 Jamba"),
    ("text-jurassic", "AI21 Jurassic-2"),
    ("text-gpt-oss", "OpenAI's open-weight models"),
    ("text-deepseek", "DeepSeek-R1"),
    ("text-qwen", "a model of Qwen's"),
    ("text-claude-v2", "Anthropic's legacy completions"),
    ("tools", "a model that calls tools, unary and streamed"),
    ("reasoning", "a model that reasons when asked to"),
    ("vision", "a model that takes images"),
    ("documents", "a model that takes documents"),
    ("counts-tokens", "a model whose tokens can be counted"),
    ("no-count", "a model whose tokens cannot be counted"),
    ("no-system", "a model that takes no system prompts"),
    ("no-tools", "a model without tools"),
    ("no-stream", "a model that does not stream"),
    ("embed-titan", "Amazon Titan Text Embeddings V2"),
    (
        "embed-titan-v1",
        "Amazon Titan Text Embeddings, first generation",
    ),
    ("embed-titan-image", "Amazon Titan Multimodal Embeddings"),
    ("embed-nova", "Amazon Nova Multimodal Embeddings"),
    ("embed-cohere", "Cohere Embed v3"),
    ("embed-cohere-v4", "Cohere Embed v4"),
    ("rerank", "a model that reranks by InvokeModel"),
    ("image-titan", "Amazon Titan Image Generator"),
    ("image-nova", "Amazon Nova Canvas"),
    ("image-stability", "Stability AI, since Stable Diffusion 3"),
    ("image-stability-xl", "Stable Diffusion XL"),
    ("absent", "an id of good form that no model has"),
    ("end-of-life", "a model that has reached its end of life"),
    (
        "profile-only",
        "a foundation model that only inference profiles reach",
    ),
    ("system-profile", "a system-defined inference profile's id"),
    (
        "profile-source",
        "the ARN of a foundation model or system profile to copy profiles from",
    ),
];

/// Whether there is such a role.
pub fn is_role(name: &str) -> bool {
    ROLES.iter().any(|(role, _)| *role == name)
}

/// Whether there is such a capability.
pub fn is_capability(name: &str) -> bool {
    CAPABILITIES
        .iter()
        .any(|(capability, _)| *capability == name)
}
