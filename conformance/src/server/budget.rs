//! Money: the worst case is charged before sending and settled from the answer's usage.

use std::sync::{Mutex, PoisonError};

use crate::case::Tokens;

/// What may be spent, and what has been.
#[derive(Debug)]
pub struct Budget {
    limit: f64,
    spent: Mutex<f64>,
}

/// What one row was charged, in dollars.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    charged: f64,
    price: (f64, f64),
}

impl Budget {
    /// A budget in dollars.
    pub fn new(limit: f64) -> Self {
        Self {
            limit,
            spent: Mutex::new(0.0),
        }
    }

    /// Charges the worst case of one row at a price for a million tokens; none if it would go
    /// over the limit.
    pub fn charge(&self, tokens: Tokens, price: (f64, f64)) -> Option<Spent> {
        let charged = cost(tokens, price);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if *spent + charged > self.limit {
            return None;
        }
        *spent += charged;
        Some(Spent { charged, price })
    }

    /// Charges nothing before: for what should cost nothing, but whose answers may tell otherwise.
    pub fn free(price: (f64, f64)) -> Spent {
        Spent {
            charged: 0.0,
            price,
        }
    }

    /// Gives back what the answers did not cost, and takes what they cost beyond the worst case.
    /// Where no answer has its usage, the worst case stays.
    pub fn settle(&self, spent: Spent, usages: &[Tokens]) {
        if usages.is_empty() {
            return;
        }
        let sum = |of: fn(&Tokens) -> u64| usages.iter().map(of).fold(0, u64::saturating_add);
        let real = cost(
            Tokens {
                max_in: sum(|usage| usage.max_in),
                max_out: sum(|usage| usage.max_out),
            },
            spent.price,
        );
        let mut total = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *total += real - spent.charged;
    }

    /// Whether more was spent than may be: some answer cost more than its case said it could.
    pub fn is_overspent(&self) -> bool {
        self.spent() > self.limit
    }

    /// What may be spent.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// Dollars spent so far.
    pub fn spent(&self) -> f64 {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Dollars for so many tokens.
pub(crate) fn cost(tokens: Tokens, (input, output): (f64, f64)) -> f64 {
    #[allow(clippy::cast_precision_loss)] // Far below 2^52 tokens.
    let millions = |count: u64| count as f64 / 1e6;
    millions(tokens.max_in) * input + millions(tokens.max_out) * output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_case_is_charged_first_and_settled_after() {
        let budget = Budget::new(3.0);
        let tokens = Tokens {
            max_in: 1_000_000,
            max_out: 500_000,
        };
        let price = (1.0, 2.0);
        let first = budget.charge(tokens, price).unwrap();
        assert!(budget.charge(tokens, price).is_none());
        let used = |max_in| Tokens { max_in, max_out: 0 };
        budget.settle(first, &[used(500_000)]);
        assert!((budget.spent() - 0.5).abs() < 1e-9);
        let second = budget.charge(tokens, price).unwrap();
        budget.settle(second, &[]);
        assert!((budget.spent() - 2.5).abs() < 1e-9);
        assert!(!budget.is_overspent());
        // What nobody expected to cost anything, and a sum that no number holds.
        budget.settle(Budget::free(price), &[used(u64::MAX), used(u64::MAX)]);
        assert!(budget.is_overspent());
    }
}
