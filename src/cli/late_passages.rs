//! Whether late passages are exponential, in words.

use super::number::significant;
use kramers::results::Document;

/// Chance to say that late passages do not follow an exponential law in any cell though they are in all.
const LEVEL: f64 = 0.01;

/// Cells that are named.
const MOST_NAMED: usize = 8;

/// A line about the decay of survival; empty where no cell tells.
pub(super) fn line(document: &Document) -> String {
    let p_values = document.cells.iter().map(|cell| cell.estimates.get("survival_rate")?.p_value);
    of(&p_values.enumerate().filter_map(|(k, p)| Some((k, p?))).collect::<Vec<_>>())
}

/// Of cells and their chances.
fn of(tested: &[(usize, f64)]) -> String {
    let Some(least) = tested.iter().map(|(_, p)| *p).reduce(f64::min) else { return String::new() };
    // The least of n chances is below LEVEL/n with a chance of LEVEL at most (Bonferroni).
    let others: Vec<String> =
        tested.iter().filter(|(_, p)| *p * (tested.len() as f64) < LEVEL).map(|(k, _)| k.to_string()).collect();
    let p = significant(least, 2);
    match (tested.len(), others.len()) {
        (1, 0) => format!("late passages agree with an exponential law: p = {p}\n"),
        (1, _) => format!("late passages do not follow an exponential law: p = {p}\n"),
        (n, 0) => format!("late passages agree with an exponential law in {n} cells: least p = {p}\n"),
        (n, some) => {
            let more = if some > MOST_NAMED { ", …" } else { "" };
            let named = others[..some.min(MOST_NAMED)].join(", ");
            format!(
                "late passages do not follow an exponential law in {some} of {n} cells ({named}{more}): least p = {p}\n"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_chance_decides_among_so_many_cells() {
        for (tested, text) in [
            (&[][..], ""),
            (&[(0, 0.4321)], "late passages agree with an exponential law: p = 0.43\n"),
            (&[(0, 1e-9)], "late passages do not follow an exponential law: p = 1.0e-9\n"),
            (
                &[(0, 0.004), (1, 0.5), (3, 0.9)],
                "late passages agree with an exponential law in 3 cells: least p = 0.0040\n",
            ),
            (
                &[(0, 1e-7), (1, 0.5), (4, 0.003)],
                "late passages do not follow an exponential law in 2 of 3 cells (0, 4): least p = 1.0e-7\n",
            ),
        ] {
            assert_eq!(of(tested), text);
        }
        let many: Vec<(usize, f64)> = (0..9).map(|k| (k, 0.0)).collect();
        assert!(of(&many).contains("in 9 of 9 cells (0, 1, 2, 3, 4, 5, 6, 7, …): least p = 0"));
    }
}
