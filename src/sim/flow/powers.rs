//! Powers and logarithms to base 2 that are the same to the last bit on every machine.
//!
//! Those of a system's library may differ in the last bit from one processor to the next, and a flow that is
//! balanced for hundreds of rounds would not stay the same. Both are exact to about 1e-8, which is plenty:
//! any lengths bound the flow, and shifts need only be near.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// The bits of the fraction of a number.
const FRACTION: u32 = 52;
/// The exponent that stands for a factor of one.
const BIAS: i64 = 1023;

/// Returns 2^x, for x from -1000 to 1000; beyond, the value at the end.
pub(super) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1000.0, 1000.0);
    let whole = x.round();
    let rest = (x - whole) * LN_2;
    // Taylor's series to the seventh power, for a rest of at most ln(2) / 2.
    let series = (1..=7).rev().fold(1.0, |sum, power| 1.0 + sum * rest / f64::from(power));
    series * f64::from_bits(((whole as i64 + BIAS) as u64) << FRACTION)
}

/// Returns the logarithm to base 2 of a positive normal number.
pub(super) fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> FRACTION) as i64 - BIAS;
    let mut rest = f64::from_bits(bits & ((1 << FRACTION) - 1) | (BIAS as u64) << FRACTION);
    if rest > SQRT_2 {
        rest /= 2.0;
        exponent += 1;
    }
    // The series of the inverse hyperbolic tangent: ln(m) = 2 artanh((m - 1) / (m + 1)).
    let t = (rest - 1.0) / (rest + 1.0);
    let square = t * t;
    let series = 1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square / 7.0));
    exponent as f64 + 2.0 * t * series * LOG2_E
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_those_of_the_library() {
        for step in -4000..=4000 {
            let x = f64::from(step) * 0.0217;
            assert!((exp2(x) / x.exp2() - 1.0).abs() < 2e-8, "{x}");
            assert!((log2(x.exp2()) - x).abs() < 1e-7, "{x}");
        }
        assert_eq!((exp2(0.0), exp2(-3.0), log2(8.0)), (1.0, 0.125, 3.0));
        assert!(exp2(-1e9) > 0.0 && exp2(1e9).is_finite());
    }
}
