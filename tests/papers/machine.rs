//! What a machine refuses, and what it damages: told by its name, or mended.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::paper::Paper;

#[test]
fn a_damaged_cache_is_made_anew() {
    let paper = Paper::minimal();
    // Its own format, as that of other tests stays whole.
    std::fs::create_dir_all(paper.path("build/.cache/tex")).unwrap();
    paper.command("build").assert().success();
    let first = paper.files("build");
    for keep in [2, usize::MAX] {
        for file in walkdir::WalkDir::new(paper.path("build/.cache")).into_iter().flatten() {
            if file.file_type().is_file() {
                let bytes = std::fs::read(file.path()).unwrap();
                let half = if keep == usize::MAX { 0 } else { bytes.len() / keep };
                std::fs::write(file.path(), &bytes[..half]).unwrap();
            }
        }
        paper.command("build").assert().success();
        let again = paper.files("build");
        let same = |name: &String| first[name] == again[name];
        let moved: Vec<&String> =
            first.keys().filter(|name| !name.contains(".cache") && !same(name)).collect();
        assert_eq!(moved, Vec::<&String>::new());
    }
}

#[test]
fn a_folder_that_takes_no_files_is_checked_and_a_build_there_says_what_helps() {
    let paper = Paper::minimal();
    // Whoever may write everywhere is another user here, who may not look into every folder.
    let program = paper.path("program");
    std::fs::copy(assert_cmd::cargo::cargo_bin("phext-paper"), &program).unwrap();
    let as_nobody = |subcommand: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command.args([subcommand, "--root"]).arg(paper.root()).env("TMPDIR", "/tmp").output().unwrap()
    };
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout.starts_with(b"0\n");
    let run = |subcommand: &str| match is_root {
        true => as_nobody(subcommand),
        false => paper.command(subcommand).output().unwrap(),
    };
    std::fs::set_permissions(paper.root(), Permissions::from_mode(0o555)).unwrap();
    let checked = run("check");
    let built = run("build");
    std::fs::set_permissions(paper.root(), Permissions::from_mode(0o755)).unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert_eq!(built.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write") && said.contains("Permission denied"), "{said}");
    assert!(said.contains("help: make it writable") && !said.contains("templates/"), "{said}");
}

#[test]
fn a_file_in_the_place_of_the_build_folder_is_told() {
    let paper = Paper::minimal();
    paper.write("build", "notes");
    let said = paper.errors();
    assert!(said.contains("build") && said.contains("help: something of another kind stands"), "{said}");
    assert_eq!(paper.read("build"), "notes");
}

#[test]
fn what_tex_finds_wrong_in_a_template_is_told_at_its_line() {
    let paper = Paper::minimal();
    let template = include_str!("../../templates/paper.tex");
    let broken = template.replace("\\maketitle", "\\maketitle \\undefinedcommand");
    let line = 1 + broken.lines().position(|line| line.contains("\\undefinedcommand")).unwrap();
    std::fs::create_dir(paper.path("templates")).unwrap();
    paper.write("templates/paper.tex", broken);
    let said = paper.errors();
    assert!(said.contains("Undefined control sequence"), "{said}");
    assert!(said.contains(&format!("templates/paper.tex:{line}:")), "{line}: {said}");
    assert!(said.contains("help: correct the template"), "{said}");
}
