//! The credential scope: key id, date, region, service, terminator.

use super::super::refusal::Refusal;
use super::clock::iso_basic;
use super::refusals::{self, Fault};

/// A credential taken apart.
pub(super) struct Scope<'a> {
    /// Access key id.
    pub(super) access_key: &'a str,
    /// Region that the signing key is bound to.
    pub(super) region: &'a str,
    /// Service that the signing key is bound to.
    pub(super) service: &'a str,
    date: &'a str,
    terminator: &'a str,
    whole: &'a str,
}

impl<'a> Scope<'a> {
    /// Takes a credential apart. Slashes at its end do no harm on the service.
    pub(super) fn read(credential: &'a str) -> Result<Self, Refusal> {
        let whole = credential.trim_end_matches('/');
        let parts: Vec<&str> = whole.split('/').collect();
        let [access_key, date, region, service, terminator] = parts[..] else {
            return Err(refusals::not_five_parts(credential));
        };
        Ok(Self {
            access_key,
            region,
            service,
            date,
            terminator,
            whole,
        })
    }

    /// Checks all parts but the key id; what is wrong comes in one message. An empty list of
    /// services takes any, and without a region every name that could be one is taken.
    pub(super) fn check(
        &self,
        services: &[&str],
        region: Option<&str>,
        issued: i64,
    ) -> Result<(), Refusal> {
        let mut faults = Vec::new();
        if region.map_or(!could_be_region(self.region), |named| named != self.region) {
            faults.push(Fault::Region);
        }
        if let Some(first) = services.first()
            && !services.contains(&self.service)
        {
            faults.push(Fault::Service((*first).to_owned()));
        }
        if self.terminator != "aws4_request" {
            faults.push(Fault::Terminator(self.terminator.to_owned()));
        }
        let stamp = iso_basic(issued);
        if stamp.get(..8) != Some(self.date) {
            faults.push(Fault::Date {
                scope: self.date.to_owned(),
                stamp,
            });
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(refusals::scope(&faults, self.region, region)),
        }
    }

    /// `key id/date/region/service`: what a signing key is derived for.
    pub(super) fn of_key(&self) -> &'a str {
        self.whole
            .rsplit_once('/')
            .map_or(self.whole, |(head, _)| head)
    }

    /// `date/region/service/terminator`: the third line of the string to sign.
    pub(super) fn of_string_to_sign(&self) -> &'a str {
        self.whole
            .split_once('/')
            .map_or(self.whole, |(_, tail)| tail)
    }
}

fn could_be_region(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}
