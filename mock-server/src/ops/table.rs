//! The table of operations and their handlers.

use super::{
    Call, Output, converse, count_tokens, foundation_models, iam, inference_profiles, invoke_model,
    invoke_model_stream, sts, tags,
};
use crate::model::Operation;
use crate::operations::OperationId;
use crate::wire::{ApiError, rows};

/// What an operation does.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Output, ApiError>;

/// Returns what an operation does; nothing for one that has a row but is not imitated. Every row of
/// the operation table has a line here, or the program does not compile.
fn handler(id: OperationId) -> Option<Handler> {
    use OperationId as Id;
    Some(match id {
        Id::Converse => converse::unary::run,
        Id::ConverseStream => converse::stream::run,
        Id::CountTokens => count_tokens::run,
        Id::InvokeModel => invoke_model::run,
        Id::InvokeModelWithResponseStream => invoke_model_stream::run,
        Id::InvokeModelWithBidirectionalStream => return None,

        Id::CreateInferenceProfile => inference_profiles::create::run,
        Id::DeleteInferenceProfile => inference_profiles::delete::run,
        Id::GetInferenceProfile => inference_profiles::get::run,
        Id::ListInferenceProfiles => inference_profiles::list::run,
        Id::ListTagsForResource => tags::list::run,
        Id::TagResource => tags::tag::run,
        Id::UntagResource => tags::untag::run,
        Id::GetFoundationModel => foundation_models::get::run,
        Id::GetFoundationModelAvailability => foundation_models::availability::run,
        Id::ListFoundationModels => foundation_models::list::run,

        Id::CreateServiceSpecificCredential => iam::create_service_specific_credential::run,
        Id::CreateUser => iam::create_user::run,
        Id::DeleteServiceSpecificCredential => iam::delete_service_specific_credential::run,
        Id::DeleteUser => iam::delete_user::run,
        Id::GetUser => iam::get_user::run,
        Id::ListServiceSpecificCredentials => iam::list_service_specific_credentials::run,
        Id::ListUsers => iam::list_users::run,
        Id::ResetServiceSpecificCredential => iam::reset_service_specific_credential::run,
        Id::UpdateServiceSpecificCredential => iam::update_service_specific_credential::run,

        Id::AssumeRole => sts::assume_role::run,
        Id::GetCallerIdentity => sts::get_caller_identity::run,
        Id::GetSessionToken => sts::get_session_token::run,
    })
}

/// Returns whether an operation is imitated.
pub(crate) fn is_imitated(operation: &Operation) -> bool {
    operation
        .known
        .is_some_and(|known| handler(known.id).is_some())
}

/// Runs an operation, or a scenario's raw answer in its place. Refuses an operation that is not
/// imitated.
pub(crate) fn dispatch(call: &Call<'_>) -> Result<Output, ApiError> {
    if let Some(answer) = call.scripted_answer()? {
        return Ok(answer.into());
    }
    match call.operation.known.and_then(|known| handler(known.id)) {
        Some(run) => run(call),
        None => {
            Err(ApiError::row(rows::front_door::NOT_IMITATED)
                .with("operation", &call.operation.name))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::App;
    use crate::config::Config;
    use crate::operations::{INFERENCE, OPERATIONS};

    #[test]
    fn every_row_is_of_an_operation_of_the_models() {
        let app = App::new(Config::default()).unwrap();
        for row in OPERATIONS {
            let mut models = app.models.iter();
            let model = models.find(|model| *model.service == *row.service);
            let model = model.unwrap_or_else(|| panic!("no service {}", row.service));
            let operation = model.operation(row.name);
            let operation = operation.unwrap_or_else(|| panic!("no operation {}", row.name));
            assert_eq!(operation.known.map(|known| known.id), Some(row.id));
            for path in row.arn_members {
                let mut shape = operation.input.unwrap();
                for name in *path {
                    let mut members = model.members(shape).iter();
                    let member = members.find(|member| *member.name == **name);
                    shape = member.unwrap_or_else(|| panic!("no {name}")).shape;
                }
            }
        }
    }

    #[test]
    fn a_model_answers_these_operations() {
        let expected = [
            "Converse",
            "ConverseStream",
            "InvokeModel",
            "InvokeModelWithResponseStream",
        ];
        assert_eq!(*INFERENCE, expected);
    }
}
