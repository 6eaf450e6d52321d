//! The fastest variants that trials found, kept from one run to the next.
//!
//! They stand in `kramers/variants.json` of the user's cache directory (`XDG_CACHE_HOME`, or `.cache` at
//! home): an object whose keys name adapter, driver, version of kramers and kernel, and whose values are
//! what [`Variant`] writes. The file may be removed at any time, and one that cannot be read or written
//! is no error: it only spares trials.

use super::variant::Variant;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Choices = BTreeMap<String, String>;

/// Where choices are kept, if this user has such a place.
pub fn file() -> Option<PathBuf> {
    let given = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = given.or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
    Some(cache.join("kramers").join("variants.json"))
}

/// The choice that is kept for `key`.
pub fn kept(file: &Path, key: &str) -> Option<Variant> {
    read(file).get(key)?.parse().ok()
}

/// Keeps a choice. The file is replaced as a whole, so that no reader finds half of it.
pub fn keep(file: &Path, key: String, variant: Variant) {
    let mut choices = read(file);
    choices.insert(key, variant.to_string());
    let replace = || -> std::io::Result<()> {
        let directory = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let whole = directory.join(format!("variants.{}.new", std::process::id()));
        fs::write(&whole, serde_json::to_vec_pretty(&choices)?)?;
        fs::rename(whole, file)
    };
    if let Err(error) = replace() {
        tracing::debug!("{}: {error}; the next run tries variants again", file.display());
    }
}

fn read(file: &Path) -> Choices {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_kept_and_damage_is_no_error() {
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("a/b/variants.json");
        let [one, other]: [Variant; 2] = ["64-bit multiply, workgroups of 64", "64-bit multiply, workgroups of 256"]
            .map(|text| text.parse().expect("a variant"));
        assert_eq!(kept(&file, "A"), None, "nothing is there yet");
        keep(&file, "A".into(), one);
        keep(&file, "B".into(), other);
        assert_eq!((kept(&file, "A"), kept(&file, "B"), kept(&file, "C")), (Some(one), Some(other), None));
        fs::write(&file, r#"{"A": "nonsense"}"#).expect("written");
        assert_eq!(kept(&file, "A"), None, "nonsense is no choice");
        fs::write(&file, "{").expect("written");
        assert_eq!(kept(&file, "A"), None, "half a file has none");
        keep(&file, "A".into(), other);
        assert_eq!(kept(&file, "A"), Some(other), "and is replaced");
        keep(&file.join("below a file"), "A".into(), one);
    }
}
