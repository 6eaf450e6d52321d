//! Which part of a run is this process's, by the variables of the batch system that started it.

use super::shard::Shard;

/// The shard that the batch system's variables name, and which variables they were. `variable` looks one
/// up. They are tried in this order:
///
/// | system | index | number |
/// | --- | --- | --- |
/// | Slurm array | `SLURM_ARRAY_TASK_ID` less `_MIN`, in steps of `_STEP` | `SLURM_ARRAY_TASK_COUNT` |
/// | Kubernetes indexed job | `JOB_COMPLETION_INDEX` | `JOB_COMPLETIONS`, which the job's template must set |
/// | PBS array | `PBS_ARRAY_INDEX` | unknown to the job: an error that says what to write |
/// | Grid Engine array | `SGE_TASK_ID` less `SGE_TASK_FIRST`, in steps of `SGE_TASK_STEPSIZE` | up to `SGE_TASK_LAST` |
/// | `srun` | `SLURM_PROCID` | `SLURM_NTASKS` |
/// | Open MPI | `OMPI_COMM_WORLD_RANK` | `OMPI_COMM_WORLD_SIZE` |
/// | other MPI | `PMI_RANK` | `PMI_SIZE` |
///
/// # Errors
/// Where there is none of them, or the number of shards is unknown; the text says what to do.
pub fn shard_from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<(Shard, String), String> {
    let number = |name: &str| -> Result<Option<u64>, String> {
        let text = variable(name).filter(|text| !text.is_empty() && text != "undefined");
        text.map(|text| text.trim().parse().map_err(|_| format!("{name} = {text}: must be a whole number"))).transpose()
    };
    let count_unknown = |name: &str, index: u64, advice: &str| {
        format!("--shard auto: {name} = {index} does not say how many shards there are; {advice}")
    };
    let made = |index: Option<u64>, count: u64, source: String| {
        let shard = index.and_then(|index| Shard::new(index, count));
        shard.map(|shard| (shard, source.clone())).ok_or(format!("--shard auto: {source} is no shard I of N"))
    };

    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1);
        let Some(count) = number("SLURM_ARRAY_TASK_COUNT")? else {
            return Err(count_unknown("SLURM_ARRAY_TASK_ID", id, "SLURM_ARRAY_TASK_COUNT is not set"));
        };
        let source = format!("SLURM_ARRAY_TASK_ID = {id} (from {first}, by {step}), SLURM_ARRAY_TASK_COUNT = {count}");
        return made(place(id, first, step), count, source);
    }
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        let Some(count) = number("JOB_COMPLETIONS")? else {
            return Err(count_unknown("JOB_COMPLETION_INDEX", index, "set JOB_COMPLETIONS in the job's template"));
        };
        return made(Some(index), count, format!("JOB_COMPLETION_INDEX = {index}, JOB_COMPLETIONS = {count}"));
    }
    if let Some(index) = number("PBS_ARRAY_INDEX")? {
        return Err(count_unknown("PBS_ARRAY_INDEX", index, "write --shard $PBS_ARRAY_INDEX/N"));
    }
    if let Some(id) = number("SGE_TASK_ID")? {
        let first = number("SGE_TASK_FIRST")?.unwrap_or(1);
        let step = number("SGE_TASK_STEPSIZE")?.unwrap_or(1).max(1);
        let Some(last) = number("SGE_TASK_LAST")? else {
            return Err(count_unknown("SGE_TASK_ID", id, "SGE_TASK_LAST is not set"));
        };
        let count = last.checked_sub(first).map_or(0, |width| width / step + 1);
        let source = format!("SGE_TASK_ID = {id} (from {first} to {last}, by {step})");
        return made(place(id, first, step), count, source);
    }
    for (rank, size) in
        [("SLURM_PROCID", "SLURM_NTASKS"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE")]
    {
        if let Some(index) = number(rank)? {
            let Some(count) = number(size)? else {
                return Err(count_unknown(rank, index, &format!("{size} is not set")));
            };
            return made(Some(index), count, format!("{rank} = {index}, {size} = {count}"));
        }
    }
    Err("--shard auto: no variable of a batch system is set; write --shard I/N".to_owned())
}

/// The place of an array's task, from 0; none where it is not one of an evenly spaced array.
fn place(id: u64, first: u64, step: u64) -> Option<u64> {
    let offset = id.checked_sub(first)?;
    (step > 0 && offset.is_multiple_of(step)).then(|| offset / step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<String, String> {
        let get = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        shard_from_environment(get).map(|(shard, _)| shard.to_string())
    }

    #[test]
    fn every_batch_system_names_its_part() {
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "5"),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_STEP", "2"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
            // A task of an array has these as well.
            ("SLURM_PROCID", "0"),
            ("SLURM_NTASKS", "1"),
        ];
        assert_eq!(found(&slurm), Ok("2/4".to_owned()));
        assert_eq!(found(&[("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "3")]), Ok("0/3".to_owned()));
        let sge = [("SGE_TASK_ID", "7"), ("SGE_TASK_FIRST", "1"), ("SGE_TASK_LAST", "10"), ("SGE_TASK_STEPSIZE", "3")];
        assert_eq!(found(&sge), Ok("2/4".to_owned()));
        assert_eq!(found(&[("SLURM_PROCID", "3"), ("SLURM_NTASKS", "8")]), Ok("3/8".to_owned()));
        assert_eq!(found(&[("OMPI_COMM_WORLD_RANK", "1"), ("OMPI_COMM_WORLD_SIZE", "2")]), Ok("1/2".to_owned()));
        assert_eq!(found(&[("PMI_RANK", "1"), ("PMI_SIZE", "2")]), Ok("1/2".to_owned()));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let cases: [(&[(&str, &str)], &str); 5] = [
            (&[], "no variable of a batch system"),
            (&[("PBS_ARRAY_INDEX", "3")], "--shard $PBS_ARRAY_INDEX/N"),
            (&[("JOB_COMPLETION_INDEX", "3")], "set JOB_COMPLETIONS"),
            (&[("PMI_RANK", "x")], "PMI_RANK = x: must be a whole number"),
            (&[("SLURM_ARRAY_TASK_ID", "9"), ("SLURM_ARRAY_TASK_COUNT", "3")], "is no shard"),
        ];
        for (variables, text) in cases {
            let error = found(variables).expect_err("not a shard");
            assert!(error.contains(text), "{error:?} does not say {text:?}");
        }
        // Outside an array Grid Engine sets the variable to this word.
        assert!(found(&[("SGE_TASK_ID", "undefined")]).is_err_and(|e| e.contains("no variable")));
    }
}
