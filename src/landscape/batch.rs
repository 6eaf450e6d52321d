//! Gradients of single samples: their covariance, the gradient noise of a batch of one.

use crate::experiment::{FiniteSum, Landscape, LeastSquares};
use crate::samples::Samples;
use nalgebra::{DMatrix, DVector};

impl Landscape {
    /// Cov ∇L_i(θ) over the samples (their number divides), of landscapes made of samples.
    pub fn sample_covariance(&self, theta: &[f64]) -> Option<DMatrix<f64>> {
        let theta = DVector::from_column_slice(theta);
        match self {
            Self::FiniteSum(l) => Some(of_terms(l, &theta)),
            Self::LeastSquares(l) => Some(match self.samples() {
                Some(samples) => of_samples(samples, &theta),
                None => of_normal(l, &theta),
            }),
            _ => None,
        }
    }
}

fn of_terms(terms: &FiniteSum, theta: &DVector<f64>) -> DMatrix<f64> {
    let gradient = |i: usize| DVector::from_column_slice(&terms.gradients[i]) + terms.hessian(i) * theta;
    covariance(theta.len(), (0..terms.gradients.len()).map(gradient))
}

/// ∇L_i = (w·θ − y) w.
fn of_samples(samples: &Samples, theta: &DVector<f64>) -> DMatrix<f64> {
    let gradient = |(w, y): (&[f64], f64)| {
        let w = DVector::from_column_slice(w);
        let residual = w.dot(theta) - y;
        w * residual
    };
    covariance(theta.len(), samples.iter().map(gradient))
}

/// Normal features of covariance H and label noise of variance σ²: (σ² + θᵀHθ) H + Hθ(Hθ)ᵀ, by Isserlis'
/// theorem.
fn of_normal(samples: &LeastSquares, theta: &DVector<f64>) -> DMatrix<f64> {
    let Some(synthetic) = &samples.synthetic else { return DMatrix::zeros(theta.len(), theta.len()) };
    let hessian = DMatrix::from_diagonal(&DVector::from_column_slice(&synthetic.spectrum));
    let slope = &hessian * theta;
    hessian * (synthetic.label_noise.powi(2) + theta.dot(&slope)) + &slope * slope.transpose()
}

fn covariance(dimension: usize, vectors: impl Iterator<Item = DVector<f64>>) -> DMatrix<f64> {
    let (mut count, mut mean) = (0.0, DVector::zeros(dimension));
    let mut sum = DMatrix::zeros(dimension, dimension);
    // Welford's recursion: about the mean so far, so that no digits are lost.
    for vector in vectors {
        count += 1.0;
        let before = &vector - &mean;
        mean += &before / count;
        sum += before * (vector - &mean).transpose();
    }
    sum / count
}

#[cfg(test)]
mod tests {
    use crate::Experiment;
    use crate::experiment::Landscape;
    use nalgebra::{DMatrix, DVector};

    fn landscape(table: &str, noise: &str) -> Landscape {
        let text = format!(
            r#"
            landscape = {{ {table} }}
            {noise}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 1, steps = 1, start = [0.0, 0.0] }}
        "#
        );
        let experiment = Experiment::parse("test", "test.toml", &text, &[]).unwrap_or_else(|e| panic!("{e}"));
        experiment.cells[0].setup.landscape.clone()
    }

    /// Four terms whose batches of one converge to L* + η · 0.2375 as η → 0: E|∇L_i(θ*)|²/4 (derived here).
    const FOUR: &str = r#"kind = "finite-sum", gradients = [[1, -0.5], [-0.6, 0.9], [0.3, 0.4], [-0.7, -0.8]],
        hessians = [[[2, 0.3], [0.3, 1]], [[0.5, -0.2], [-0.2, 1.5]], [[1, 0], [0, 0.2]], [[1.5, 0.4], [0.4, 0.8]]]"#;

    #[test]
    fn terms_have_their_mean_and_covariance() {
        let landscape = landscape(FOUR, "");
        let Landscape::FiniteSum(terms) = &landscape else { panic!("{landscape:?}") };
        for theta in [[0.0, 0.0], [0.7, -0.3]] {
            let theta = DVector::from_column_slice(&theta);
            let g = |i: usize| DVector::from_column_slice(&terms.gradients[i]);
            let loss: f64 = (0..4).map(|i| g(i).dot(&theta) + 0.5 * theta.dot(&(terms.hessian(i) * &theta))).sum();
            assert!((landscape.loss(theta.as_slice()) - loss / 4.0).abs() < 1e-15);
            let sum = (0..4).map(|i| g(i) + terms.hessian(i) * &theta).sum::<DVector<f64>>();
            let gradient = DVector::from_vec(landscape.gradient(theta.as_slice()));
            assert!((gradient - sum / 4.0).amax() < 1e-15);
        }
        let minimum = landscape.minimum_below(&[0.0, 0.0]).expect("a minimum");
        let trace = landscape.sample_covariance(&minimum).expect("samples").trace();
        assert!((trace / 4.0 - 0.2375).abs() < 1e-14, "{}", trace / 4.0);
    }

    /// The covariance by Isserlis' theorem against that of 200 000 samples: within 4 of their errors, √(⟨x⁴⟩/N) with
    /// ⟨x⁴⟩ < 400 (false-alarm rate 2·10⁻⁴; fixed seed). Without its last term it is far outside (canary).
    #[test]
    fn fresh_samples_have_the_covariance_of_many() {
        let table = |samples: &str| {
            format!(
                r#"kind = "least-squares",
                synthetic = {{ samples = {samples}, features = 2, spectrum = [1.0, 0.5], label_noise = 0.6 }}"#
            )
        };
        let theta = [0.8, -1.1];
        let many = landscape(&table("2e5"), "").sample_covariance(&theta).expect("samples");
        // Read with samples, as batches of fresh ones may not be built.
        let mut exact = landscape(&table("1"), "");
        let Landscape::LeastSquares(l) = &exact else { panic!("{exact:?}") };
        let theta_vector = DVector::from_column_slice(&theta);
        let found = super::of_normal(l, &theta_vector);
        let error = 4.0 * (400.0f64 / 2e5).sqrt();
        assert!((&found - &many).amax() < error, "{found} {many}");
        let hessian = DMatrix::from_diagonal(&DVector::from_vec(vec![1.0, 0.5]));
        let slope = &hessian * &theta_vector;
        let canary = &found - &slope * slope.transpose();
        assert!((canary - many).amax() > error);
        exact = landscape(&table("2e5"), "");
        let quadratic = exact.quadratic().expect("on average");
        assert!((quadratic.hessian.matrix() - hessian).amax() < 0.02 && (quadratic.floor - 0.18).abs() < 2e-3);
    }

    /// The equivalent quadratic of samples against the mean loss term by term, with features that are dependent: the
    /// stationary point is the smallest (pseudo-inverse).
    #[test]
    fn least_squares_is_its_mean_loss() {
        let table = r#"kind = "least-squares",
            synthetic = { samples = 7, features = 2, spectrum = [1.0, 0.0], label_noise = 1.0, seed = 3 }"#;
        let landscape = landscape(table, "");
        let samples = landscape.samples().expect("samples");
        for theta in [[0.0, 0.0], [1.5, -2.0]] {
            let loss: f64 = samples.iter().map(|(w, y)| 0.5 * (w[0] * theta[0] + w[1] * theta[1] - y).powi(2)).sum();
            assert!((landscape.loss(&theta) - loss / 7.0).abs() < 1e-14 * loss);
        }
        let minimum = &landscape.quadratic().expect("on average").minimum;
        assert!(minimum[0] != 0.0 && minimum[1] == 0.0, "{minimum:?}");
    }
}
