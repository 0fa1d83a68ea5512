//! The text of an item as tokens, with paths kept together.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Names joined by `::`; one name is a path too.
    Path(Vec<String>),
    /// A sign, a literal, a lifetime, the name of a field or method.
    Text(String),
}

/// Lists the tokens of an item without its comments and the visibility of anything in it.
pub fn code_of(stream: TokenStream) -> Vec<Token> {
    let mut found = Vec::new();
    add(stream, &mut found);
    found
}

fn add(stream: TokenStream, found: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        match tree {
            TokenTree::Punct(sign) if sign.as_char() == '#' && is_comment(trees.get(at)) => at += 1,
            TokenTree::Punct(sign) => found.push(Token::Text(sign.as_char().to_string())),
            TokenTree::Literal(literal) => found.push(Token::Text(literal.to_string())),
            TokenTree::Group(group) => {
                let (open, close) = signs(group.delimiter());
                found.push(Token::Text(open.to_owned()));
                add(group.stream(), found);
                found.push(Token::Text(close.to_owned()));
            }
            TokenTree::Ident(name) if name == "pub" => {
                if trees.get(at).is_some_and(is_scope) {
                    at += 1;
                }
            }
            TokenTree::Ident(name) => {
                let dots =
                    found.iter().rev().take_while(|token| **token == Token::Text(".".to_owned())).count();
                let mut path = vec![name.to_string()];
                while is_double_colon(&trees, at)
                    && let Some(TokenTree::Ident(next)) = trees.get(at + 2)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                // A field, a parameter or a name with its type stands for no other item.
                let is_declared = is_colon(trees.get(at)) && !is_colon(trees.get(at + 1));
                if path.len() == 1 && (is_declared || dots == 1) {
                    found.push(Token::Text(path.remove(0)));
                    continue;
                }
                // `path::{A, B}` and `path::*` inside a function.
                match trees.get(at + 2) {
                    Some(TokenTree::Group(group))
                        if is_double_colon(&trees, at) && group.delimiter() == Delimiter::Brace =>
                    {
                        add_each(&path, group.stream(), found);
                        at += 3;
                    }
                    _ => found.push(Token::Path(path)),
                }
            }
        }
    }
}

/// Adds each path of a group behind a path.
fn add_each(before: &[String], group: TokenStream, found: &mut Vec<Token>) {
    let mut inner = Vec::new();
    add(group, &mut inner);
    for token in inner {
        found.push(match token {
            Token::Path(path) if path == ["self"] => Token::Path(before.to_vec()),
            Token::Path(path) => Token::Path(before.iter().cloned().chain(path).collect()),
            text => text,
        });
    }
}

fn is_double_colon(trees: &[TokenTree], at: usize) -> bool {
    is_colon(trees.get(at)) && is_colon(trees.get(at + 1))
}

fn is_colon(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(sign)) if sign.as_char() == ':')
}

/// Returns whether brackets behind a `#` hold a comment for documentation.
fn is_comment(tree: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = tree else { return false };
    let first = group.stream().into_iter().next();
    matches!(first, Some(TokenTree::Ident(name)) if name == "doc")
}

/// Returns whether parentheses behind `pub` say how far it reaches.
fn is_scope(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    let first = group.stream().into_iter().next();
    let Some(TokenTree::Ident(name)) = first else { return false };
    group.delimiter() == Delimiter::Parenthesis
        && ["crate", "self", "super", "in"].iter().any(|word| name == *word)
}

fn signs(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}
