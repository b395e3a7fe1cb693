//! What Cargo says about the packages in Cargo.lock.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, bail};
use serde_json::Value;

/// A package of the dependency graph.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// SPDX expression; empty if the package states none.
    pub(super) licence: String,
    /// Names of the packages that depend on it directly.
    pub(super) users: Vec<String>,
}

/// Every package in Cargo.lock.
pub(super) fn packages(root: &Path) -> anyhow::Result<Vec<Package>> {
    let output = Command::new("cargo").current_dir(root).args(["metadata", "--format-version", "1", "--locked"]).output();
    let output = output.context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    read(&serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?)
}

fn read(metadata: &Value) -> anyhow::Result<Vec<Package>> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut packages = BTreeMap::new();
    for package in list(metadata, "packages") {
        let [name, version, licence] = ["name", "version", "license"].map(|key| text(&package, key));
        packages.insert(text(&package, "id"), Package { name, version, licence, users: Vec::new() });
    }
    for node in list(&metadata["resolve"], "nodes") {
        let user = packages.get(&text(&node, "id")).context("a user is no package")?.name.clone();
        for dependency in list(&node, "deps") {
            let used = packages.get_mut(&text(&dependency, "pkg")).context("a dependency is no package")?;
            used.users.push(user.clone());
        }
    }
    Ok(packages.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_package_knows_its_users() -> anyhow::Result<()> {
        let json = serde_json::json!({
            "packages": [
                { "id": "1", "name": "a", "version": "1.0.0", "license": "MIT" },
                { "id": "2", "name": "b", "version": "2.0.0", "license": null },
            ],
            "resolve": { "nodes": [{ "id": "1", "deps": [{ "pkg": "2" }] }, { "id": "2", "deps": [] }] },
        });
        let packages = read(&json)?;
        let told: Vec<_> = packages.iter().map(|package| (package.name.as_str(), package.users.join(","))).collect();
        assert_eq!(told, [("a", String::new()), ("b", "a".to_owned())]);
        Ok(())
    }
}
