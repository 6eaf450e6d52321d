//! Sums, products and powers, simplified as they are built.
//!
//! Constants are folded where the result is finite. Sums and products keep what depends on less to the
//! left: (constants) + ((parameters) + (variables)), so that parts that are the same for all walkers of a
//! cell are nodes of their own, and equal terms and powers meet. Division is a power of −1, negation a
//! product with −1, and a^b in general exp(b log a).

use super::{Dependence, Function, Graph, Id, Node};

/// Largest whole power, in size: far from the ends of i32.
const LARGEST_POWER: i32 = 1 << 24;

fn bounded(power: Option<i32>) -> Option<i32> {
    power.filter(|n| (-LARGEST_POWER..=LARGEST_POWER).contains(n))
}

impl Graph {
    /// The folded value if it is finite, else the node.
    fn fold(&mut self, value: f64, node: Node) -> Id {
        if value.is_finite() { self.constant(value) } else { self.insert(node) }
    }

    /// a + b.
    pub fn add(&mut self, a: Id, b: Id) -> Id {
        if let (Some(x), Some(y)) = (self.number(a), self.number(b)) {
            return self.fold(x + y, Node::Add(a, b));
        }
        let top = self.dependence(a).max(self.dependence(b));
        if top == Dependence::Nothing {
            return self.insert(Node::Add(a, b));
        }
        let split = |graph: &Self, id| match graph.node(id) {
            Node::Add(low, high) => graph.split(id, top, low, high),
            _ => graph.split(id, top, id, id),
        };
        let ((low_a, high_a), (low_b, high_b)) = (split(self, a), split(self, b));
        let low = self.join(low_a, low_b, Self::add);
        let high = self.join(high_a, high_b, Self::add_terms);
        match (low, high) {
            (Some(low), Some(high)) if self.number(low) == Some(0.0) => high,
            (Some(low), Some(high)) if self.dependence(high) < top => self.add(low, high),
            (Some(low), Some(high)) => self.insert(Node::Add(low, high)),
            (only, None) | (None, only) => only.unwrap_or(a),
        }
    }

    /// a · b.
    pub fn multiply(&mut self, a: Id, b: Id) -> Id {
        match (self.number(a), self.number(b)) {
            (Some(x), Some(y)) => return self.fold(x * y, Node::Multiply(a, b)),
            (Some(0.0), None) => return a,
            (None, Some(0.0)) => return b,
            _ => {}
        }
        let top = self.dependence(a).max(self.dependence(b));
        if top == Dependence::Nothing {
            return self.insert(Node::Multiply(a, b));
        }
        let split = |graph: &Self, id| match graph.node(id) {
            Node::Multiply(low, high) => graph.split(id, top, low, high),
            _ => graph.split(id, top, id, id),
        };
        let ((low_a, high_a), (low_b, high_b)) = (split(self, a), split(self, b));
        let low = self.join(low_a, low_b, Self::multiply);
        let high = self.join(high_a, high_b, Self::multiply_factors);
        match (low, high) {
            (Some(low), Some(high)) if self.number(low) == Some(1.0) => high,
            (Some(low), Some(high)) if self.dependence(high) < top => self.multiply(low, high),
            (Some(low), Some(high)) => self.insert(Node::Multiply(low, high)),
            (only, None) | (None, only) => only.unwrap_or(a),
        }
    }

    /// The parts of a sum or product that depend on less than `top`, and on no less.
    fn split(&self, id: Id, top: Dependence, low: Id, high: Id) -> (Option<Id>, Option<Id>) {
        if self.dependence(id) < top {
            (Some(id), None)
        } else if self.dependence(low) < top {
            (Some(low), Some(high))
        } else {
            (None, Some(id))
        }
    }

    fn join(&mut self, a: Option<Id>, b: Option<Id>, both: impl FnOnce(&mut Self, Id, Id) -> Id) -> Option<Id> {
        match (a, b) {
            (Some(a), Some(b)) => Some(both(self, a, b)),
            (only, None) | (None, only) => only,
        }
    }

    /// c v + d w with c and d that depend on less than v and w do.
    fn add_terms(&mut self, a: Id, b: Id) -> Id {
        let top = self.dependence(a);
        let term = |graph: &Self, id| match graph.node(id) {
            Node::Multiply(low, high) if graph.dependence(low) < top => (Some(low), high),
            _ => (None, id),
        };
        let ((c, v), (d, w)) = (term(self, a), term(self, b));
        if v != w {
            return self.insert(Node::Add(a.min(b), a.max(b)));
        }
        let one = self.constant(1.0);
        let factor = self.add(c.unwrap_or(one), d.unwrap_or(one));
        self.multiply(factor, v)
    }

    /// vᵐ wⁿ.
    fn multiply_factors(&mut self, a: Id, b: Id) -> Id {
        let factor = |graph: &Self, id| match graph.node(id) {
            Node::Power(base, n) => (base, n),
            _ => (id, 1),
        };
        let ((v, m), (w, n)) = (factor(self, a), factor(self, b));
        match bounded(m.checked_add(n)) {
            // A square root that cancels leaves its domain behind.
            Some(sum) if v == w && (sum != 0 || !self.is_root(v)) => self.power(v, sum),
            _ => self.insert(Node::Multiply(a.min(b), a.max(b))),
        }
    }

    fn is_root(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Apply(Function::Sqrt, _))
    }

    /// aⁿ.
    pub fn power(&mut self, a: Id, n: i32) -> Id {
        match self.node(a) {
            _ if n == 0 => self.constant(1.0),
            _ if n == 1 => a,
            Node::Constant(number) => self.fold(number.value().powf(f64::from(n)), Node::Power(a, n)),
            Node::Power(base, m) if let Some(product) = bounded(m.checked_mul(n)) => self.power(base, product),
            // Higher powers of a small or large factor, and of what it scales, leave the range of f32 one by one.
            Node::Multiply(low, high) if n.abs() <= 2 && self.dependence(low) < self.dependence(high) => {
                let (low, high) = (self.power(low, n), self.power(high, n));
                self.multiply(low, high)
            }
            _ => self.insert(Node::Power(a, n)),
        }
    }

    /// f(a).
    pub fn apply(&mut self, function: Function, a: Id) -> Id {
        let node = Node::Apply(function, a);
        match (function, self.node(a)) {
            (_, Node::Constant(number)) => self.fold(function.value(number.value()), node),
            (Function::Exp, Node::Apply(Function::Log, u)) | (Function::Log, Node::Apply(Function::Exp, u)) => u,
            (Function::Abs, Node::Apply(Function::Abs, _)) => a,
            _ => self.insert(node),
        }
    }

    /// −a.
    pub fn negate(&mut self, a: Id) -> Id {
        let minus_one = self.constant(-1.0);
        self.multiply(minus_one, a)
    }

    /// a − b.
    pub fn subtract(&mut self, a: Id, b: Id) -> Id {
        let minus_b = self.negate(b);
        self.add(a, minus_b)
    }

    /// a / b.
    pub fn divide(&mut self, a: Id, b: Id) -> Id {
        let reciprocal = self.power(b, -1);
        match (self.number(a), self.number(b)) {
            (Some(x), Some(y)) => self.fold(x / y, Node::Multiply(a, reciprocal)),
            _ => self.multiply(a, reciprocal),
        }
    }

    /// a^b: a product for a whole constant b, of square roots for half of one, and exp(b log a), which
    /// takes a positive a, for others.
    pub fn raise(&mut self, a: Id, b: Id) -> Id {
        if let Some(n) = self.number(b).filter(|n| n.abs() <= f64::from(LARGEST_POWER)) {
            if n.fract() == 0.0 {
                return self.power(a, n as i32);
            }
            if (2.0 * n).fract() == 0.0 && self.number(a).is_none() {
                let root = self.apply(Function::Sqrt, a);
                return self.power(root, (2.0 * n) as i32);
            }
        }
        if self.number(a) == Some(std::f64::consts::E) {
            return self.apply(Function::Exp, b);
        }
        let logarithm = self.apply(Function::Log, a);
        let exponent = self.multiply(b, logarithm);
        let general = Node::Apply(Function::Exp, exponent);
        match (self.number(a), self.number(b)) {
            (Some(x), Some(y)) => self.fold(x.powf(y), general),
            _ => self.apply(Function::Exp, exponent),
        }
    }
}
