//! The eight steps that every request takes, whatever its protocol.

use std::cell::RefCell;
use std::sync::Arc;

use super::protocol::{Protocol, Route};
use super::{Outcome, conformity};
use crate::app::App;
use crate::auth::{Endpoint, Policy, Principal};
use crate::faults::{self, Delivery, Fault, Strike};
use crate::journal::Refusal;
use crate::json::Json as _;
use crate::model::validate::validate;
use crate::model::{self, Input};
use crate::ops::{self, Call, Staged};
use crate::request::{Incoming, host};
use crate::wire::{Answer, ApiError};

/// Answers a request.
pub fn answer(app: &Arc<App>, request: &Incoming) -> Outcome {
    let mut outcome = Outcome::new();
    let named = request.named();
    let protocol = Protocol::of(app, request, named.as_ref());
    match process(app, request, &protocol, &mut outcome) {
        Ok((answer, delivery)) => {
            outcome.answer = answer;
            outcome.delivery = delivery;
        }
        Err(refusal) => {
            outcome.refuse(&refusal);
            outcome.answer = protocol.refuse(refusal);
        }
    }
    outcome
}

/// Takes the steps. Fails with a refusal to which no faults apply.
fn process(
    app: &Arc<App>,
    request: &Incoming,
    protocol: &Protocol<'_>,
    outcome: &mut Outcome,
) -> Result<(Answer, Delivery), ApiError> {
    // 1. Route: before authentication, as on the service, so an unknown path is refused as such
    // without credentials.
    let route = protocol.route()?;
    let (model, operation) = (route.model, route.operation);
    outcome.operation = Some(operation.name.to_string());

    // 2. Authenticate.
    let endpoint = Endpoint {
        region: route.region,
        services: &route.services,
        global: model.protocol == model::Protocol::Query,
    };
    let principal = app.verifier().authenticate(request, &endpoint)?;
    outcome.principal = Some(principal.clone());

    // 3. Admit.
    Policy::new(&app.config).admit(&principal, model, operation)?;

    // 4. Bind the parts of the request to the members of the input.
    let input = protocol.bind(&route)?;
    if let Some(id) = input.text("modelId") {
        outcome.notes.asked(id);
    }

    // 5. Validate the input by the model.
    let mut findings = validate(model, operation, &input);
    protocol.reword(model, &mut findings);
    outcome.notes.violations(findings.texts());
    if let Some(refusal) = protocol.constraint(&findings) {
        return Err(refusal);
    }

    let call = Call {
        app,
        model,
        model_index: route.model_index,
        operation,
        input: &input,
        principal: &principal,
        region: region(app, &route, &principal, &input),
        region_named: app.config.region_given || route.host_names_region,
        request,
        notes: &outcome.notes,
        staged: RefCell::default(),
    };

    // 6. Find the faults that apply; an exception among them takes the operation's place.
    let mut faults = strike(&call);
    let context = call.fault_context();

    // 7. Run the operation.
    let result = match faults::refusal(&faults, &context) {
        Some(refusal) => Err(refusal),
        None => ops::dispatch(&call),
    };
    let Staged {
        delivery,
        raw,
        hint,
    } = call.staged.take();

    // 8. Check the answer, write it, and apply the faults to it.
    conformity::check(&call, &result, raw);
    let answer = match result {
        Ok(output) => {
            let mut answer = protocol.render(&route, output);
            answer.hint = answer.hint.or(hint);
            answer
        }
        Err(refusal) => {
            outcome.refusal = Some(Refusal::from(&refusal));
            protocol.refuse(refusal)
        }
    };
    faults.extend(delivery.faults);
    let pacing = delivery.pacing.as_ref();
    Ok(faults::apply_to_answer(&faults, pacing, answer, &context))
}

/// Returns the faults that apply to a call by the rules in force.
fn strike(call: &Call<'_>) -> Vec<Fault> {
    let models = || {
        let Some(asked) = call.input.text("modelId") else {
            return Vec::new();
        };
        let resolved = call.resolve(asked).ok();
        let resolved = resolved.map(|model| model.id);
        std::iter::once(asked.to_owned()).chain(resolved).collect()
    };
    let struck = call.app.faults.strike(&Strike {
        account: &call.principal.account,
        models: &models,
        context: call.fault_context(),
    });
    for fault in &struck {
        call.notes.fault(fault.kind());
    }
    struck
}

/// Returns the region that answers: that of the host, else of the credential's scope, else of an ARN
/// in the input, else of the settings.
fn region<'a>(
    app: &'a App,
    route: &Route<'a>,
    principal: &'a Principal,
    input: &'a Input,
) -> &'a str {
    let arn = || {
        let paths = route.operation.known?.arn_members.iter();
        let mut texts = paths.filter_map(|path| input.members.at(path)?.as_str());
        texts.find_map(host::of_arn)
    };
    route
        .region
        .or(principal.region.as_deref())
        .or_else(arn)
        .unwrap_or(&app.config.region)
}
