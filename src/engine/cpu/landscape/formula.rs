//! A landscape that is a formula: its programs. Record: the uniforms.

use super::Landscape;
use crate::engine::cpu::interpreter::Interpreter;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};
use crate::formula::Program;

pub struct Formula<R> {
    gradient: Interpreter<R>,
    /// None where only a force is given.
    loss: Option<Interpreter<R>>,
    /// None where it is not asked for.
    hessian_product: Option<Interpreter<R>>,
    /// x, then u.
    arguments: Vec<Row<R>>,
}

impl<R: Real> Formula<R> {
    pub fn new(isa: Isa, program: &Program, record: &[R]) -> Self {
        let interpreter = |routine| Interpreter::new(isa, routine, record);
        Self {
            gradient: interpreter(&program.gradient),
            loss: program.loss.as_ref().map(interpreter),
            hessian_product: program.hessian_product.as_ref().map(interpreter),
            arguments: Vec::new(),
        }
    }
}

impl<R: Real> Landscape<R> for Formula<R> {
    fn gradient(&mut self, x: &[Row<R>], g: &mut [Row<R>]) {
        self.gradient.run(x, g);
    }

    /// 0 where only a force is given.
    fn loss(&mut self, x: &[Row<R>], loss: &mut Row<R>) {
        match &mut self.loss {
            Some(interpreter) => interpreter.run(x, std::slice::from_mut(loss)),
            None => **loss = [R::default(); LANES],
        }
    }

    fn hessian_product(&mut self, x: &[Row<R>], u: &[Row<R>], product: &mut [Row<R>]) {
        let interpreter = self.hessian_product.as_mut().expect("a plan that asks for curvature has its program");
        self.arguments.clear();
        self.arguments.extend(x.iter().chain(u).cloned());
        interpreter.run(&self.arguments, product);
    }
}
