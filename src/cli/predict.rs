//! `kramers predict`: theory only, no simulation.

use super::number::significant;
use super::options::overrides;
use super::table::{Align, Grid, parameter_columns};
use super::{exit, output, potential, relief};
use clap::Args;
use kramers::Experiment;
use kramers::results::written;
use kramers::theory::{self, Predictions};
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `predict`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The experiment
    #[arg(value_name = "EXPERIMENT.toml")]
    experiment: PathBuf,
    /// Override one value of the experiment, e.g. dynamics.temperature=0.1; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// As JSON: for every cell its parameters, predictions, critical points, barriers and potential
    #[arg(long)]
    json: bool,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<u8> {
    let experiment = Experiment::read(&arguments.experiment, &overrides(&arguments.set)?)?;
    let predictions: Vec<Predictions> = experiment.cells.iter().map(|cell| theory::predict(&cell.setup)).collect();
    let reliefs = relief::of(&experiment);
    let potentials = potential::of(&experiment);
    let text = match arguments.json {
        true => {
            let document = document(&experiment, &predictions, &reliefs, &potentials)?;
            format!("{}\n", serde_json::to_string_pretty(&document)?)
        }
        false => {
            let landscape = relief::tables(&experiment, &reliefs) + &potential::table(&experiment, &potentials);
            table(&experiment, &predictions)? + &landscape
        }
    };
    output::results(&text)?;
    Ok(exit::DONE)
}

fn document(
    experiment: &Experiment,
    predictions: &[Predictions],
    reliefs: &[Option<relief::Cell>],
    potentials: &[Option<potential::Cell>],
) -> anyhow::Result<serde_json::Value> {
    let landscapes = reliefs.iter().zip(potentials);
    let cells = experiment.cells.iter().zip(predictions).zip(landscapes).map(|((cell, predictions), known)| {
        let parameters = cell.parameters.iter().map(|(key, value)| Ok((key.clone(), serde_json::to_value(value)?)));
        let parameters = parameters.collect::<anyhow::Result<serde_json::Map<_, _>>>()?;
        let of = |(name, list): (&String, &Vec<theory::Prediction>)| {
            let sources = list.iter().map(|p| (written(&p.source), json!({ "value": p.value, "kind": p.kind })));
            (name.clone(), sources.collect::<serde_json::Map<_, _>>().into())
        };
        let estimates: serde_json::Map<String, serde_json::Value> = predictions.iter().map(of).collect();
        let mut document = serde_json::Map::new();
        document.insert("parameters".to_owned(), parameters.into());
        document.insert("time_per_step".to_owned(), json!(cell.setup.time_per_step()));
        document.insert("predictions".to_owned(), estimates.into());
        if let Some(relief) = known.0 {
            relief::document(relief, &mut document);
        }
        if let Some(potential) = known.1 {
            potential::document(potential, &mut document);
        }
        Ok(serde_json::Value::from(document))
    });
    let cells = cells.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(json!({ "format": 1, "title": experiment.title, "cells": cells }))
}

fn table(experiment: &Experiment, predictions: &[Predictions]) -> anyhow::Result<String> {
    let keys = experiment.sweep.keys();
    let mut grid = Grid::new(parameter_columns(&keys));
    for (name, align) in
        [("estimate", Align::Left), ("predicted", Align::Right), ("kind", Align::Left), ("source", Align::Left)]
    {
        grid.column(name, align);
    }
    for (cell, predictions) in experiment.cells.iter().zip(predictions) {
        let parameters: Vec<String> = cell.parameters.iter().map(|(_, value)| value.to_string()).collect();
        for (name, list) in predictions {
            for p in list {
                let mut row = parameters.clone();
                row.extend([name.clone(), significant(p.value, 8), written(&p.kind), written(&p.source)]);
                grid.row(row);
            }
        }
    }
    let title = if experiment.title.is_empty() { &experiment.name } else { &experiment.title };
    Ok(match grid.is_empty() {
        true => format!("{title}\n\nThere is no prediction for this experiment.\n"),
        false => format!("{title}\n\n{grid}"),
    })
}
