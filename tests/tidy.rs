//! The rules of `tidy.toml`: what a compiler does not check and a reader counts on.
//!
//! Each rule names every place that breaks it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    sizes: Sizes,
    exceptions: Vec<Exception>,
    arrows: Vec<Arrow>,
    words: Vec<Word>,
    r#unsafe: Unsafe,
    footprint: Footprint,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sizes {
    file_lines: usize,
    function_lines: usize,
    struct_fields: usize,
    mod_lines: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    path: String,
    rule: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrow {
    from: String,
    never: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    word: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsafe {
    allowed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Footprint {
    crates: usize,
}

/// One Rust file of the project.
struct Source {
    /// From the root of the project, with `/`.
    path: String,
    text: String,
    parsed: syn::File,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> Rules {
    toml::from_str(&read(&root().join("tidy.toml"))).expect("tidy.toml has the known tables")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below the root with this ending, save what is built, fetched or hidden.
fn files(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry of it").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || name == "target" {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The project's code. The golden files of the macros are wrong on purpose, and left out.
fn sources() -> Vec<Source> {
    let code = files(".rs").into_iter().filter(|path| !path.starts_with(root().join("macros/tests/ui")));
    code.map(|path| {
        let text = read(&path);
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Source { path: relative(&path), text, parsed }
    })
    .collect()
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("a file of the project");
    path.to_string_lossy().replace('\\', "/")
}

fn is_test(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Mod(module) if module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")))
}

/// Nothing breaks the rule, or the test ends with all that does.
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// Collects what is too long in one file.
struct Measure<'a> {
    path: &'a str,
    sizes: &'a Sizes,
    broken: Vec<(&'static str, String)>,
}

impl Measure<'_> {
    fn function(&mut self, name: &syn::Ident, block: &syn::Block) {
        let span = block.span();
        let lines = span.end().line - span.start().line + 1;
        if lines > self.sizes.function_lines {
            self.broken.push(("function_lines", format!("{}: fn {name} has {lines} lines", self.path)));
        }
    }
}

impl<'ast> Visit<'ast> for Measure<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let fields = item.fields.len();
        if fields > self.sizes.struct_fields {
            self.broken.push(("struct_fields", format!("{}: struct {} has {fields} fields", self.path, item.ident)));
        }
    }
}

#[test]
fn files_functions_and_structs_stay_small() {
    let rules = rules();
    let mut broken = Vec::new();
    for source in sources() {
        let mut measure = Measure { path: &source.path, sizes: &rules.sizes, broken: Vec::new() };
        measure.visit_file(&source.parsed);
        let tests = source.parsed.items.iter().filter(|item| is_test(item));
        let test_lines: usize = tests.map(|item| item.span().end().line - item.span().start().line + 1).sum();
        let lines = source.text.lines().count() - test_lines;
        if lines > rules.sizes.file_lines {
            measure.broken.push(("file_lines", format!("{}: {lines} lines", source.path)));
        }
        if source.path.ends_with("/mod.rs") {
            if lines > rules.sizes.mod_lines {
                measure.broken.push(("mod_lines", format!("{}: {lines} lines", source.path)));
            }
            if source.parsed.items.iter().any(|item| matches!(item, syn::Item::Fn(_) | syn::Item::Impl(_))) {
                measure.broken.push(("mod_lines", format!("{}: a mod.rs has no function bodies", source.path)));
            }
        }
        let excused = |rule: &str| rules.exceptions.iter().any(|it| it.path == source.path && it.rule == rule);
        broken.extend(measure.broken.into_iter().filter(|(rule, _)| !excused(rule)).map(|(_, what)| what));
    }
    none(&broken);
}

#[test]
fn there_are_at_most_three_exceptions_and_each_has_a_reason() {
    let exceptions = rules().exceptions;
    assert!(exceptions.len() <= 3, "{} exceptions", exceptions.len());
    for exception in exceptions {
        assert!(root().join(&exception.path).exists(), "{} is gone", exception.path);
        assert!(!exception.reason.is_empty(), "{} has no reason", exception.path);
    }
}

#[test]
fn arrows_between_the_rooms_point_one_way() {
    let (rules, sources) = (rules(), sources());
    let mut broken = Vec::new();
    for arrow in &rules.arrows {
        let inside = sources.iter().filter(|source| source.path.starts_with(&format!("{}/", arrow.from)));
        for source in inside {
            for name in &arrow.never {
                for (number, _) in code_lines(source).filter(|(_, line)| line.contains(name.as_str())) {
                    broken.push(format!("{}:{number} names {name}: {}", source.path, arrow.reason));
                }
            }
        }
    }
    none(&broken);
}

#[test]
fn no_code_has_a_forbidden_word() {
    let rules = rules();
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.path != relative(Path::new(&root().join("tests/tidy.rs")))) {
        for word in &rules.words {
            let lines = source.text.lines().enumerate().filter(|(_, line)| line.contains(&word.word));
            broken
                .extend(lines.map(|(at, _)| format!("{}:{} has {}: {}", source.path, at + 1, word.word, word.reason)));
        }
    }
    none(&broken);
}

#[test]
fn unsafe_code_stands_in_the_engine_only() {
    let rules = rules();
    let mut broken = Vec::new();
    for source in sources() {
        if rules.r#unsafe.allowed.iter().any(|place| source.path.starts_with(place.as_str())) {
            continue;
        }
        let code = code_lines(&source).filter(|(_, line)| {
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|word| line.contains(word))
        });
        let places = code.map(|(at, _)| format!("{}:{at} has unsafe code", source.path));
        broken.extend(places.filter(|_| source.path != "tests/tidy.rs"));
    }
    none(&broken);
}

/// The lines of a file that are no comments, with their numbers.
fn code_lines(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.text.lines().enumerate();
    lines.filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(at, line)| (at + 1, line))
}

#[test]
fn every_dependency_has_its_reason() {
    let reasons = read(&root().join("docs/dependencies.md"));
    let mut missing = Vec::new();
    for manifest in files("Cargo.toml") {
        let parsed: toml::Table = toml::from_str(&read(&manifest)).expect("a manifest");
        let targets = parsed.get("target").and_then(toml::Value::as_table);
        let targets = targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table);
        for table in std::iter::once(&parsed).chain(targets) {
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let names =
                    table.get(section).and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys());
                let unexplained =
                    names.filter(|name| !name.starts_with("consort") && !reasons.contains(&format!("`{name}`")));
                missing.extend(unexplained.map(|name| format!("{}: {name}", relative(&manifest))));
            }
        }
    }
    none(&missing);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for document in files(".md") {
        let text = read(&document);
        let folder = document.parent().expect("a file stands in a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !folder.join(path).exists() {
                broken.push(format!("{}: {link}", relative(&document)));
            }
        }
    }
    none(&broken);
}

#[test]
fn a_program_that_uses_the_runtime_alone_compiles_few_crates() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "consort", "--no-default-features", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}", "--no-dedupe", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let printed = String::from_utf8(tree.stdout).expect("cargo prints text");
    let mut crates: Vec<&str> = printed.lines().collect();
    crates.sort_unstable();
    crates.dedup();
    crates.push("the program itself");
    let limit = rules().footprint.crates;
    assert!(crates.len() <= limit, "{} crates, at most {limit}:\n{}", crates.len(), crates.join("\n"));
}
