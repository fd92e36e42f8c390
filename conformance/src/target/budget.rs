//! Money: the worst case is charged before sending and settled from the answer's usage.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

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

    /// Gives back what the answers did not cost. Where an answer has no usage, the worst case
    /// stays.
    pub fn settle(&self, spent: Spent, usages: &[Value]) {
        if usages.is_empty() {
            return;
        }
        let tokens = |name: &str| usages.iter().filter_map(|usage| usage[name].as_u64()).sum();
        let real = cost(
            Tokens {
                max_in: tokens("inputTokens"),
                max_out: tokens("outputTokens"),
            },
            spent.price,
        );
        let mut total = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *total += real - spent.charged;
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
    use serde_json::json;

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
        budget.settle(first, &[json!({"inputTokens": 500_000, "outputTokens": 0})]);
        assert!((budget.spent() - 0.5).abs() < 1e-9);
        let second = budget.charge(tokens, price).unwrap();
        budget.settle(second, &[]);
        assert!((budget.spent() - 2.5).abs() < 1e-9);
    }
}
