//! Only the crates that deny.toml names as `wrappers` use a dependency directly; a ban without wrappers keeps it out.

use toml::{Table, Value};

use super::metadata::Package;
use crate::toml_text;

pub(super) fn check(rules: &Table, packages: &[Package]) -> Vec<String> {
    let bans = toml_text::at(rules, &["bans", "deny"]).and_then(Value::as_array).into_iter().flatten();
    let mut complaints = Vec::new();
    for ban in bans.filter_map(Value::as_table) {
        let name = ban.get("crate").and_then(Value::as_str).unwrap_or_default();
        let wrappers = toml_text::texts(ban.get("wrappers"));
        for package in packages.iter().filter(|package| package.name == name) {
            let users = package.users.iter().filter(|user| !wrappers.contains(&user.as_str()));
            complaints.extend(users.map(|user| format!("{user}: deny.toml does not let it use {name}")));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::{Package, check};

    #[test]
    fn a_user_that_is_no_wrapper_is_named() -> anyhow::Result<()> {
        let rules = "[bans]\ndeny = [{ crate = 'deltalake', wrappers = ['lake'] }]".parse()?;
        let users = ["lake", "cli"].map(str::to_owned).to_vec();
        let package = Package { name: "deltalake".to_owned(), users, ..Package::default() };
        assert_eq!(check(&rules, &[package]), ["cli: deny.toml does not let it use deltalake"]);
        Ok(())
    }
}
