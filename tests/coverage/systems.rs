//! Systems whose estimates are predicted exactly.

/// Cheap runs, by name.
pub const SYSTEMS: [(&str, &str); 9] = [
    (
        "one coordinate",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0], minimum = [0.5] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.2 }
        ensemble = { walkers = 2048, start = [0.5], burn_in = 80, steps = 120 }
        [measure]
        every = 2
        correlation = { lags = { to = 40 } }
        histogram = { axis = 0, range = [-1, 2], bins = 30 }
        "#,
    ),
    // Correlations of 0.1, at which lags begin not to count for the rate of decay, at the first lag and at the second.
    (
        "short memory",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 0.76] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.9 }
        ensemble = { walkers = 2048, start = [0.0, 0.0], burn_in = 20, steps = 160 }
        [measure]
        every = 1
        correlation = { lags = { to = 6 } }
        "#,
    ),
    (
        "two temperatures",
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], floor = 0.5 }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.2 }
        ensemble = { walkers = 2048, start = [0.0, 0.0], burn_in = 80, steps = 120 }
        [measure]
        every = 3
        fluctuation_dissipation = { windows = [10, 40] }
        current = { axes = [0, 1], centre = [0.1, 0.0] }
        correlation = { lags = { to = 6 } }
        "#,
    ),
    (
        "momentum",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "momentum", learning_rate = 0.1, momentum_steps = 4, batch_size = 2 }
        ensemble = { walkers = 2048, start = [0.0], burn_in = 100, steps = 120 }
        [measure]
        every = 4
        fluctuation_dissipation = { windows = [20], centre = [1.0] }
        correlation = { lags = [1, 4, 12] }
        "#,
    ),
    (
        "regression",
        r#"
        landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 2, spectrum = [1.5, 0.4], label_noise = 1.0 } }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.15, batch_size = 4 }
        ensemble = { walkers = 4096, start = [1.0, -0.5], steps = 64 }
        [measure]
        every = 2
        fluctuation_dissipation = {}
        time_series = { points = 4, spacing = "log", noise_covariance = true }
        "#,
    ),
    (
        "from afar",
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], minimum = [0.5, 0.0] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 4096, start = { normal = { mean = [3.0, 2.0], std = [0.8, 0.4] } }, steps = 60 }
        [measure]
        every = 20
        time_series = { points = 5, spacing = "log", noise_covariance = true, quantiles = [0.1, 0.5, 0.8] }
        "#,
    ),
    (
        "double well",
        r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [2.0] }
        dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.1 }
        ensemble = { walkers = 2048, start = [-1.0, 0.0], burn_in = 50, steps = 300 }
        [measure]
        every = 10
        fluctuation_dissipation = {}
        first_passage = { axis = 0, above = 0.0, after = "continue" }
        time_series = { points = 20 }
        "#,
    ),
    (
        "escape",
        r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.1 }
        ensemble = { walkers = 2048, start = [-1.0], burn_in = 50, steps = 200 }
        measure = { first_passage = { axis = 0, above = 0.0, after = "restart" } }
        "#,
    ),
    (
        "underdamped",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 2.0] }
        dynamics = { kind = "underdamped", temperature = 0.3, time_step = 0.3, friction = 0.8 }
        ensemble = { walkers = 2048, start = [0.0, 1.0], burn_in = 30, steps = 90 }
        [measure]
        every = 15
        current = {}
        "#,
    ),
];
