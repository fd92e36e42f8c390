//! Operations, one file each or for each group.

mod content_members;
mod converse_rules;
mod count_tokens;
mod customizations;
mod foundation_models;
mod iam;
mod inference_profile_lists;
mod inference_profiles;
mod invoke_rules;
mod prompt_cache;
mod stored_prompts;
mod sts;
mod tags;
mod tools;
