//! The languages of program text: how each writes comments and texts, and its words.

/// A language as far as its words, texts and comments are told apart.
#[derive(Debug)]
pub(super) struct Language {
    /// Its names, the usual one first.
    pub names: &'static [&'static str],
    /// What begins a comment to the end of the line.
    pub line: &'static [&'static str],
    /// What begins and ends a comment of several lines.
    pub block: &'static [(&'static str, &'static str)],
    /// What begins and ends a text on one line.
    pub quotes: &'static [&'static str],
    /// What begins and ends a text of several lines.
    pub long_quotes: &'static [&'static str],
    /// Whether `'` stands around one character, and means something else elsewhere.
    pub characters: bool,
    /// Whether capitals and small letters make the same word.
    pub any_case: bool,
    /// Its words, with spaces between them.
    pub words: &'static str,
}

/// A language without anything, to be filled in.
const PLAIN: Language = Language {
    names: &[],
    line: &[],
    block: &[],
    quotes: &["\""],
    long_quotes: &[],
    characters: false,
    any_case: false,
    words: "",
};
/// Comments as in C.
const SLASHES: Language = Language { line: &["//"], block: &[("/*", "*/")], characters: true, ..PLAIN };
/// Comments as in shells.
const HASHES: Language = Language { line: &["#"], quotes: &["\"", "'"], ..PLAIN };

/// All languages; the first has nothing to tell apart.
pub(super) const LANGUAGES: &[Language] = &[
    Language {
        names: &["text", "txt", "plain", "pseudocode", "console", "output", "csv", "markdown", "md"],
        quotes: &[],
        ..PLAIN
    },
    Language {
        names: &["rust", "rs"],
        quotes: &[],
        long_quotes: &["\""],
        words: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop \
                match mod move mut pub ref return self Self static struct super trait true type unsafe use where \
                while",
        ..SLASHES
    },
    Language {
        names: &["c", "h"],
        words: "auto break case char const continue default do double else enum extern float for goto if inline int \
                long register restrict return short signed sizeof static struct switch typedef union unsigned void \
                volatile while",
        ..SLASHES
    },
    Language {
        names: &["cpp", "c++", "cxx", "hpp", "cuda"],
        words: "alignas alignof auto bool break case catch char class concept const constexpr continue decltype \
                default delete do double else enum explicit export extern false final float for friend goto if inline \
                int long mutable namespace new noexcept nullptr operator override private protected public requires \
                return short signed sizeof static struct switch template this throw true try typedef typename union \
                unsigned using virtual void volatile while",
        ..SLASHES
    },
    Language {
        names: &["java"],
        long_quotes: &["\"\"\""],
        words: "abstract assert boolean break byte case catch char class const continue default do double else enum \
                extends false final finally float for if implements import instanceof int interface long new null \
                package private protected public record return short static super switch synchronized this throw \
                throws true try var void volatile while",
        ..SLASHES
    },
    Language {
        names: &["kotlin", "kt"],
        long_quotes: &["\"\"\""],
        words: "as break class continue do else false for fun if in interface is null object override package private \
                return super this throw true try typealias val var when while",
        ..SLASHES
    },
    Language {
        names: &["swift"],
        long_quotes: &["\"\"\""],
        words: "as break case catch class continue default defer do else enum extension false for func guard if import \
                in init let nil protocol return self static struct switch throw throws true try var where while",
        ..SLASHES
    },
    Language {
        names: &["scala"],
        long_quotes: &["\"\"\""],
        words: "case class def do else extends false final for given if implicit import lazy match new null object \
                override package private protected return sealed super then this throw trait true try type val var \
                while with yield",
        ..SLASHES
    },
    Language {
        names: &["javascript", "js", "jsx"],
        quotes: &["\"", "'"],
        long_quotes: &["`"],
        characters: false,
        words: "async await break case catch class const continue debugger default delete do else export extends false \
                finally for from function if import in instanceof let new null of return static super switch this \
                throw true try typeof undefined var void while yield",
        ..SLASHES
    },
    Language {
        names: &["typescript", "ts", "tsx"],
        quotes: &["\"", "'"],
        long_quotes: &["`"],
        characters: false,
        words: "abstract any as async await boolean break case catch class const continue declare default delete do \
                else enum export extends false finally for from function if implements import in instanceof \
                interface keyof let namespace never new null number of private protected public readonly return \
                static string super switch this throw true try type typeof undefined unknown var void while yield",
        ..SLASHES
    },
    Language {
        names: &["go"],
        long_quotes: &["`"],
        words: "break case chan const continue default defer else fallthrough false for func go goto if import \
                interface map nil package range return select struct switch true type var",
        ..SLASHES
    },
    Language { names: &["json"], words: "true false null", ..PLAIN },
    Language {
        names: &["python", "py"],
        long_quotes: &["\"\"\"", "'''"],
        words: "False None True and as assert async await break class continue def del elif else except finally for \
                from global if import in is lambda match nonlocal not or pass raise return try while with yield",
        ..HASHES
    },
    Language {
        names: &["julia", "jl"],
        block: &[("#=", "=#")],
        quotes: &["\""],
        long_quotes: &["\"\"\""],
        characters: true,
        words: "abstract begin break catch const continue do else elseif end export false finally for function global \
                if import in let local macro module mutable nothing return struct true try type using where while",
        ..HASHES
    },
    Language {
        names: &["r"],
        words: "FALSE Inf NA NULL NaN TRUE break else for function if in next repeat return while",
        ..HASHES
    },
    Language {
        names: &["ruby", "rb"],
        words: "alias and begin break case class def do else elsif end ensure false for if in module next nil not or \
                redo rescue retry return self super then true undef unless until when while yield",
        ..HASHES
    },
    Language {
        names: &["sh", "bash", "shell", "zsh"],
        words: "case do done elif else esac exit export fi for function if in local read return set shift then until \
                while",
        ..HASHES
    },
    Language { names: &["yaml", "yml"], words: "true false null", ..HASHES },
    Language { names: &["toml"], long_quotes: &["\"\"\"", "'''"], words: "true false", ..HASHES },
    Language {
        names: &["make", "makefile"],
        quotes: &[],
        words: "define else endef endif export ifdef ifeq ifndef ifneq include override",
        ..HASHES
    },
    Language {
        names: &["matlab", "octave"],
        line: &["%"],
        block: &[("%{", "%}")],
        words: "break case catch classdef continue else elseif end false for function global if otherwise parfor \
                persistent return switch true try while",
        ..PLAIN
    },
    Language {
        names: &["haskell", "hs"],
        line: &["--"],
        block: &[("{-", "-}")],
        characters: true,
        words: "case class data deriving do else forall if import in infix infixl infixr instance let module newtype \
                of then type where",
        ..PLAIN
    },
    Language {
        names: &["lua"],
        line: &["--"],
        block: &[("--[[", "]]")],
        quotes: &["\"", "'"],
        words: "and break do else elseif end false for function goto if in local nil not or repeat return then true \
                until while",
        ..PLAIN
    },
    Language {
        names: &["sql"],
        line: &["--"],
        block: &[("/*", "*/")],
        quotes: &["'", "\""],
        any_case: true,
        words: "alter and as asc between by case create delete desc distinct drop else end exists from group having in \
                index inner insert into is join left like limit not null on or order outer primary right select set \
                table then union unique update values view when where with",
        ..PLAIN
    },
    Language {
        names: &["fortran", "f90"],
        line: &["!"],
        quotes: &["\"", "'"],
        any_case: true,
        words: "allocatable allocate call case character complex contains deallocate dimension do else elseif end \
                enddo endif exit function if implicit in inout integer intent logical module none only out parameter \
                pointer print program read real return select subroutine then type use where while write",
        ..PLAIN
    },
    Language { names: &["latex", "tex"], line: &["%"], quotes: &[], ..PLAIN },
    Language { names: &["html", "xml", "svg"], block: &[("<!--", "-->")], ..PLAIN },
];
