//! The items of a module, by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ImplItem, Item, UseTree};

use super::Error;
use super::tokens::{Token, code_of};

/// A module with what its names stand for.
pub struct Module {
    /// Its path, the name of the crate first.
    pub path: Vec<String>,
    /// The items of each name; several where a type and a function share one.
    pub items: BTreeMap<String, Vec<Definition>>,
    /// Imported names with the paths behind them.
    pub imports: BTreeMap<String, Vec<String>>,
    /// Paths of which every name is imported.
    pub globs: Vec<Vec<String>>,
    /// The `impl` blocks, each with the names that it can be for: its type and its trait.
    pub impls: Vec<(Vec<Vec<String>>, Definition)>,
    /// Where its functions and constants stand.
    pub places: Vec<CodePlace>,
}

/// Where a function or a constant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePlace {
    /// The file, as it was read.
    pub file: PathBuf,
    /// Its name.
    pub item: String,
    /// The line of its name, from 1.
    pub first: usize,
    /// Its last line.
    pub last: usize,
}

impl CodePlace {
    fn of(file: &Path, name: &syn::Ident, item: &impl Spanned) -> Self {
        let (first, last) = (name.span().start().line, item.span().end().line);
        Self { file: file.to_owned(), item: name.to_string(), first, last }
    }
}

/// A constant that is a literal struct.
pub struct Constant {
    /// The name of its type.
    pub kind: String,
    /// The text of its field `id`.
    pub id: String,
    /// What it says in its own text of what is done: its closures, and the value that it takes its other
    /// fields from. Names and descriptions beside them do nothing.
    pub code: Vec<Token>,
}

/// The code of an item.
pub struct Definition {
    /// Its text without comments, visibility and spaces.
    pub code: Vec<Token>,
    /// What it is if it is a constant with a field `id`.
    pub constant: Option<Constant>,
}

/// Reads a crate from its root file, with all its modules.
pub fn read(name: &str, root: &Path, modules: &mut Vec<Module>) -> Result<(), Error> {
    let folder = root.parent().unwrap_or(Path::new(".")).to_owned();
    read_file(vec![name.to_owned()], root, &folder, modules)
}

/// Reads one file; the files of its modules are below `folder`.
fn read_file(path: Vec<String>, file: &Path, folder: &Path, modules: &mut Vec<Module>) -> Result<(), Error> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::File(file.to_owned(), error))?;
    let parsed = syn::parse_file(&text).map_err(|error| Error::Syntax(file.to_owned(), error))?;
    add(path, parsed.items, file, folder, modules)
}

/// Adds a module with those inside it.
fn add(
    path: Vec<String>,
    items: Vec<Item>,
    file: &Path,
    folder: &Path,
    modules: &mut Vec<Module>,
) -> Result<(), Error> {
    let at = modules.len();
    modules.push(Module {
        path: path.clone(),
        items: BTreeMap::new(),
        imports: BTreeMap::new(),
        globs: Vec::new(),
        impls: Vec::new(),
        places: Vec::new(),
    });
    for item in items {
        if is_for_tests(&item) {
            continue;
        }
        modules[at].places.extend(places_of(&item, file));
        match item {
            Item::Mod(inner) => {
                let name = inner.ident.to_string();
                let path = path.iter().cloned().chain([name.clone()]).collect();
                let below = folder.join(&name);
                match inner.content {
                    Some((_, items)) => add(path, items, file, &below, modules)?,
                    None => read_file(path, &file_of(folder, &name), &below, modules)?,
                }
            }
            Item::Use(import) => {
                let module = &mut modules[at];
                flatten(&import.tree, &mut Vec::new(), &mut module.imports, &mut module.globs);
            }
            Item::Impl(block) => {
                let types = [type_path(&block.self_ty)].into_iter().flatten();
                let traits = block.trait_.iter().map(|(_, path, _)| names(path));
                let targets = types.chain(traits).collect();
                let code = code_of(block.to_token_stream());
                modules[at].impls.push((targets, Definition { code, constant: None }));
            }
            item => {
                if let Some(name) = name_of(&item) {
                    let constant = constant_of(&item);
                    let definition = Definition { code: code_of(item.to_token_stream()), constant };
                    modules[at].items.entry(name).or_default().push(definition);
                }
            }
        }
    }
    Ok(())
}

/// Returns the file of a module that stands below a folder.
fn file_of(folder: &Path, name: &str) -> PathBuf {
    let flat = folder.join(format!("{name}.rs"));
    if flat.exists() { flat } else { folder.join(name).join("mod.rs") }
}

fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string().replace(' ', "");
        text == "#[cfg(test)]" || text == "#[cfg(doctest)]"
    })
}

/// Returns the functions and constants of an item: itself, or its methods.
fn places_of(item: &Item, file: &Path) -> Vec<CodePlace> {
    match item {
        Item::Fn(function) => vec![CodePlace::of(file, &function.sig.ident, function)],
        Item::Const(constant) => vec![CodePlace::of(file, &constant.ident, constant)],
        Item::Impl(block) => {
            let methods = block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(CodePlace::of(file, &method.sig.ident, method)),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    }
}

fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

fn constant_of(item: &Item) -> Option<Constant> {
    let Item::Const(item) = item else { return None };
    let syn::Expr::Struct(value) = item.expr.as_ref() else { return None };
    let id = value.fields.iter().find_map(|field| {
        let syn::Expr::Lit(literal) = &field.expr else { return None };
        match (&field.member, &literal.lit) {
            (syn::Member::Named(name), syn::Lit::Str(text)) if name == "id" => Some(text.value()),
            _ => None,
        }
    })?;
    let values = value.fields.iter().map(|field| &field.expr);
    let closures = values.filter(|value| matches!(value, syn::Expr::Closure(_)));
    let code = closures.chain(value.rest.as_deref()).flat_map(|value| code_of(value.to_token_stream()));
    Some(Constant { kind: type_path(&item.ty)?.pop()?, id, code: code.collect() })
}

fn type_path(of: &syn::Type) -> Option<Vec<String>> {
    match of {
        syn::Type::Path(path) => Some(names(&path.path)),
        syn::Type::Reference(reference) => type_path(&reference.elem),
        syn::Type::Paren(inner) => type_path(&inner.elem),
        _ => None,
    }
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// Lists what an import brings.
fn flatten(
    tree: &UseTree,
    before: &mut Vec<String>,
    imports: &mut BTreeMap<String, Vec<String>>,
    globs: &mut Vec<Vec<String>>,
) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, imports, globs);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            imports.insert(before.last().cloned().unwrap_or_default(), before.clone());
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            imports.insert(name.clone(), before.iter().cloned().chain([name]).collect());
        }
        UseTree::Rename(rename) => {
            let path = before.iter().cloned().chain([rename.ident.to_string()]).collect();
            imports.insert(rename.rename.to_string(), path);
        }
        UseTree::Glob(_) => globs.push(before.clone()),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, imports, globs);
            }
        }
    }
}
