//! The functions that a formula may use.

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// e^u.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Sine of an angle in radians.
    Sin,
    /// Cosine of an angle in radians.
    Cos,
    /// Hyperbolic tangent.
    Tanh,
    /// |u|.
    Abs,
    /// u/|u|, and 0 at 0: the derivative of |u|. It cannot be written in a formula.
    Sign,
    /// 1/u where u > 0: the derivative of log u, which is undefined where the logarithm is. It cannot be written in a
    /// formula.
    LogSlope,
}

impl Function {
    /// Those that can be written.
    pub const WRITTEN: [Self; 7] = [Self::Exp, Self::Log, Self::Sqrt, Self::Sin, Self::Cos, Self::Tanh, Self::Abs];

    /// The one that is written so.
    pub fn named(name: &str) -> Option<Self> {
        Self::WRITTEN.into_iter().find(|function| function.name() == name)
    }

    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exp => "exp",
            Self::Log => "log",
            Self::Sqrt => "sqrt",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tanh => "tanh",
            Self::Abs => "abs",
            Self::Sign => "sign",
            Self::LogSlope => "log'",
        }
    }

    /// Its value at u; NaN where there is none.
    pub fn value(self, u: f64) -> f64 {
        match self {
            Self::Exp => u.exp(),
            Self::Log => u.ln(),
            Self::Sqrt => u.sqrt(),
            Self::Sin => u.sin(),
            Self::Cos => u.cos(),
            Self::Tanh => u.tanh(),
            Self::Abs => u.abs(),
            Self::Sign if u == 0.0 => 0.0,
            Self::Sign => u.signum(),
            Self::LogSlope if u > 0.0 => 1.0 / u,
            Self::LogSlope => f64::NAN,
        }
    }
}
