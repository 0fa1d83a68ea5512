//! Circles of imports: no file needs itself by way of others.
//!
//! A module and what stands below it may know each other; what a file takes from another by way of a third,
//! which passes it on with `use`, is taken from where it is defined.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::architecture::rust_files;

/// A module by the names on the way to it, from the root of its crate.
type Name = Vec<String>;

/// What one module says.
#[derive(Default)]
struct Module {
    /// Names that it takes from elsewhere and may pass on, each with its path.
    taken: BTreeMap<String, Name>,
    /// The paths that it names, from the root of the crate.
    named: Vec<Name>,
}

/// The circles among the files of a crate, each as the names of its modules.
pub fn circles(src: &Path) -> BTreeSet<String> {
    let modules = read(src);
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, module) in &modules {
        for path in &module.named {
            let needed = resolve(&modules, path, 0);
            if !name.starts_with(&needed) && !needed.starts_with(name) {
                needs.entry(name.join("::")).or_default().insert(needed.join("::"));
            }
        }
    }
    let mut found = BTreeSet::new();
    for one in needs.keys() {
        let circle: Vec<String> =
            reach(&needs, one).into_iter().filter(|other| reach(&needs, other).contains(one)).collect();
        if !circle.is_empty() {
            found.insert(circle.join(", "));
        }
    }
    found
}

/// The modules that one needs, itself or by way of others.
fn reach(needs: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(one) = next.pop() {
        for other in needs.get(one).into_iter().flatten() {
            if reached.insert(other.clone()) {
                next.push(other);
            }
        }
    }
    reached
}

/// The module in which what a path names is defined.
fn resolve(modules: &BTreeMap<Name, Module>, path: &[String], depth: usize) -> Name {
    assert!(depth < 50, "{path:?} leads to itself");
    let mut module = Name::new();
    for (at, part) in path.iter().enumerate() {
        let below = [module.as_slice(), std::slice::from_ref(part)].concat();
        if modules.contains_key(&below) {
            module = below;
        } else if let Some(taken) = modules.get(&module).and_then(|module| module.taken.get(part)) {
            return resolve(modules, &[taken, &path[at + 1..]].concat(), depth + 1);
        } else {
            break;
        }
    }
    module
}

/// Reads all modules of a crate but for their tests.
fn read(src: &Path) -> BTreeMap<Name, Module> {
    let files = rust_files(src);
    let has_library = files.contains(&src.join("lib.rs"));
    let mut texts = BTreeMap::new();
    for file in files {
        let mut name: Name = file.with_extension("").strip_prefix(src).unwrap().iter().map(word).collect();
        match name.last().map(String::as_str) {
            // A program beside its library is a crate of its own.
            Some("main") if name.len() == 1 && has_library => continue,
            Some("main" | "lib") if name.len() == 1 => drop(name.pop()),
            Some("mod") => drop(name.pop()),
            _ => {}
        }
        texts.insert(name, code(&std::fs::read_to_string(file).unwrap()));
    }
    let module = |(name, text): (&Name, &String)| {
        let mut module = Module::default();
        for (at, _) in text.match_indices("::") {
            let start = text[..at].rfind(|c: char| !is_word(c)).map_or(0, |before| before + 1);
            let is_first = !text[..start].ends_with("::");
            if is_first && ["crate", "super", "self"].contains(&&text[start..at]) {
                let (paths, _) = tree(&text[start..], &[]);
                module.named.extend(paths.into_iter().map(|(path, _)| absolute(name, &path)));
            }
        }
        for (at, _) in text.match_indices("use ").filter(|(at, _)| stands_alone(text, *at)) {
            for (mut path, alias) in tree(&text[at + "use ".len()..], &[]).0 {
                let Some(first) = path.first() else { continue };
                if texts.contains_key(&[name.as_slice(), std::slice::from_ref(first)].concat()) {
                    path.insert(0, "self".to_owned());
                }
                if ["crate", "super", "self"].contains(&path[0].as_str()) {
                    module.taken.insert(alias, absolute(name, &path));
                }
            }
        }
        (name.clone(), module)
    };
    texts.iter().map(module).collect()
}

fn word(part: &std::ffi::OsStr) -> String {
    part.to_str().unwrap().to_owned()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether what stands at a place begins an item of the file itself.
fn stands_alone(text: &str, at: usize) -> bool {
    let before = text[..at].rsplit('\n').next().unwrap_or_default();
    before.is_empty() || before.starts_with("pub") && before.ends_with([' ', ')'])
}

/// The text of a file without comments and tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let text = text.split("#[cfg(test)]\npub(super) mod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The paths at the start of a text, each with the name that it has afterwards, and what follows them.
fn tree<'t>(text: &'t str, before: &[String]) -> (Vec<(Name, String)>, &'t str) {
    let mut path = before.to_vec();
    let mut rest = text.trim_start();
    loop {
        if let Some(list) = rest.strip_prefix('{') {
            let mut found = Vec::new();
            rest = list.trim_start();
            while rest.starts_with(|c: char| is_word(c) || "{*".contains(c)) {
                let (paths, after) = tree(rest, &path);
                found.extend(paths);
                rest = after.trim_start().trim_start_matches(',').trim_start();
            }
            return (found, rest.strip_prefix('}').unwrap_or(rest));
        }
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            // `*` and what begins no name: the module itself.
            rest = rest.strip_prefix('*').unwrap_or(rest);
            break;
        }
        if path.is_empty() || &rest[..end] != "self" {
            path.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(after) => rest = after,
            None => break,
        }
    }
    let mut alias = path.last().cloned().unwrap_or_default();
    if let Some(after) = rest.strip_prefix(" as ") {
        let end = after.find(|c: char| !is_word(c)).unwrap_or(after.len());
        alias = after[..end].to_owned();
        rest = &after[end..];
    }
    (vec![(path, alias)], rest)
}

/// A path of a module from the root of its crate.
fn absolute(module: &[String], path: &[String]) -> Name {
    let mut absolute = if path[0] == "crate" { Name::new() } else { module.to_vec() };
    for part in path {
        match part.as_str() {
            "crate" | "self" => {}
            "super" => drop(absolute.pop()),
            other => absolute.push(other.to_owned()),
        }
    }
    absolute
}

#[test]
fn a_circle_is_found_whatever_way_the_names_take() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("lib.rs", "mod a;\nmod b;\npub use a::{one::{One, self}, Two as Second};");
    write("a/mod.rs", "mod one;\nmod two;\npub use two::Two;\npub fn shared() {}");
    // What stands below a module may use it, and what it passes on.
    write("a/one.rs", "use super::shared;\n// use super::Two;\npub struct One;");
    write("a/two.rs", "use super::one::One;\npub struct Two;\n#[cfg(test)]\nmod tests {\n use super::b;\n}");
    write("b.rs", "fn of(_: crate::Second) {}");
    assert!(circles(folder.path()).is_empty());
    write("a/one.rs", "pub struct One(Box<super::Two>);");
    assert_eq!(circles(folder.path()), ["a::one, a::two".to_owned()].into());
    write("a/one.rs", "use {\n    crate::b,\n};\npub struct One;");
    assert_eq!(circles(folder.path()), ["a::one, a::two, b".to_owned()].into());
}
