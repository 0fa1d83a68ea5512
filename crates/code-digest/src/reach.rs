//! Which items a constant reaches, and their digest.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::Constant;
use super::module::{Definition, Module};
use super::tokens::Token;

/// The deepest chain of imports that is followed: one that leads back to itself ends here.
const MOST_IMPORTS: usize = 32;

/// An item: the index of its module, and its name.
type ItemId = (usize, String);

/// What a path leads to.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    /// An item, with the number of names of the path that lead to it.
    Item(ItemId, usize),
    Module(usize),
}

/// Names resolved among all modules.
struct Resolver<'a> {
    modules: &'a [Module],
    by_path: BTreeMap<&'a [String], usize>,
}

impl Resolver<'_> {
    /// Follows a path as it is written in a module.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<Target> {
        if depth > MOST_IMPORTS {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let own = &self.modules[from].path;
        let start = match first.as_str() {
            "crate" => Some(Target::Module(*self.by_path.get(&own[..1])?)),
            "self" => Some(Target::Module(from)),
            "super" => Some(Target::Module(*self.by_path.get(own.get(..own.len() - 1)?)?)),
            name => self.lookup(from, name, depth),
        };
        self.descend(start?, rest, 1, depth)
    }

    /// Follows the rest of a path from where its beginning leads.
    fn descend(&self, at: Target, rest: &[String], taken: usize, depth: usize) -> Option<Target> {
        let (module, Some((name, rest))) = (
            match at {
                Target::Module(module) => module,
                Target::Item(id, _) => return Some(Target::Item(id, taken)),
            },
            rest.split_first(),
        ) else {
            return Some(at);
        };
        let next = match name.as_str() {
            "super" => {
                let own = &self.modules[module].path;
                Some(Target::Module(*self.by_path.get(own.get(..own.len() - 1)?)?))
            }
            name => self.lookup(module, name, depth),
        };
        self.descend(next?, rest, taken + 1, depth)
    }

    /// Returns what a name stands for in a module: an item, a module in it, an import, or a crate.
    fn lookup(&self, module: usize, name: &str, depth: usize) -> Option<Target> {
        let found = &self.modules[module];
        if found.items.contains_key(name) {
            return Some(Target::Item((module, name.to_owned()), 1));
        }
        let inner: Vec<String> = found.path.iter().cloned().chain([name.to_owned()]).collect();
        if let Some(&inner) = self.by_path.get(inner.as_slice()) {
            return Some(Target::Module(inner));
        }
        if let Some(path) = found.imports.get(name) {
            return self.resolve_import(module, path, depth + 1);
        }
        for glob in &found.globs {
            if let Some(Target::Module(other)) = self.resolve_import(module, glob, depth + 1)
                && other != module
                && let Some(target) = self.lookup(other, name, depth + 1)
            {
                return Some(target);
            }
        }
        self.by_path.get([name.to_owned()].as_slice()).map(|&found| Target::Module(found))
    }

    /// Follows the path of an import. One that bears the name of the crate that it leads through, as in
    /// `use rates;`, would lead to itself.
    fn resolve_import(&self, module: usize, path: &[String], depth: usize) -> Option<Target> {
        if depth > MOST_IMPORTS {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let is_itself = self.modules[module].imports.get(first).is_some_and(|found| found == path);
        let inner: Vec<String> = self.modules[module].path.iter().cloned().chain([first.clone()]).collect();
        if is_itself && !self.by_path.contains_key(inner.as_slice()) {
            let start = Target::Module(*self.by_path.get([first.clone()].as_slice())?);
            return self.descend(start, rest, 1, depth);
        }
        self.resolve(module, path, depth)
    }
}

/// Returns the constants of some types with the digests of what they reach.
pub fn constants(modules: &[Module], kinds: &[&str]) -> Vec<Constant> {
    let by_path = modules.iter().enumerate().map(|(at, module)| (module.path.as_slice(), at)).collect();
    let resolver = Resolver { modules, by_path };
    let mut impls: BTreeMap<ItemId, Vec<(usize, &Definition)>> = BTreeMap::new();
    for (at, module) in modules.iter().enumerate() {
        for (targets, block) in &module.impls {
            // A type of these crates owns the block; else their trait does.
            let owner = targets.iter().find_map(|path| match resolver.resolve(at, path, 0) {
                Some(Target::Item(id, _)) => Some(id),
                _ => None,
            });
            if let Some(owner) = owner {
                impls.entry(owner).or_default().push((at, block));
            }
        }
    }
    let mut found = Vec::new();
    for (at, module) in modules.iter().enumerate() {
        for (name, definition) in
            module.items.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)))
        {
            let Some(constant) = &definition.constant else { continue };
            if kinds.contains(&constant.kind.as_str()) {
                let digest = digest(&resolver, &impls, (at, name.clone()), definition, &constant.code);
                found.push(Constant { kind: constant.kind.clone(), id: constant.id.clone(), digest });
            }
        }
    }
    found.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
    found
}

/// Returns the digest of everything that a definition reaches, in an order that no move of an item changes.
fn digest(
    resolver: &Resolver<'_>,
    impls: &BTreeMap<ItemId, Vec<(usize, &Definition)>>,
    root: ItemId,
    constant: &Definition,
    own: &[Token],
) -> String {
    let module = root.0;
    let mut reached = BTreeSet::from([root]);
    let mut open = Vec::new();
    walk(resolver, module, &constant.code, &mut reached, &mut open);
    let mut texts = vec![walk(resolver, module, own, &mut reached, &mut open)];
    while let Some(id) = open.pop() {
        let own = resolver.modules[id.0].items[&id.1].iter().map(|definition| (id.0, definition));
        let blocks = impls.get(&id).into_iter().flatten().copied();
        for (module, definition) in own.chain(blocks) {
            texts.push(walk(resolver, module, &definition.code, &mut reached, &mut open));
        }
    }
    texts.sort_unstable();
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text);
        digest.update("\n");
    }
    super::hex(digest)
}

/// Notes the items that some code names, and returns its text with each of these under its own name alone.
fn walk(
    resolver: &Resolver<'_>,
    module: usize,
    code: &[Token],
    reached: &mut BTreeSet<ItemId>,
    open: &mut Vec<ItemId>,
) -> String {
    let mut text = String::new();
    for token in code {
        match token {
            Token::Text(sign) => text += sign,
            Token::Path(path) => {
                let mut written = path.as_slice();
                if let Some(Target::Item(id, taken)) = resolver.resolve(module, path, 0) {
                    text += &id.1;
                    text.push(':');
                    written = &path[taken..];
                    if reached.insert(id.clone()) {
                        open.push(id);
                    }
                }
                text += &written.join("::");
            }
        }
        text.push(' ');
    }
    text
}
