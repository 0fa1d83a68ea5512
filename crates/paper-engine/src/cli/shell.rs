//! `phext-paper completions` and `phext-paper man`: what a shell and a manual know of the commands.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Failure, Outcome, print};
use crate::source::write_atomically;

/// Options of `completions`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} completions bash > ~/.local/share/bash-completion/completions/{program}
  {program} completions zsh > ~/.zfunc/_{program}
  {program} completions fish > ~/.config/fish/completions/{program}.fish")]
pub struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Options of `man`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} man | man -l -
  {program} man build | man -l -
  {program} man --out ~/.local/share/man/man1")]
pub struct ManArguments {
    /// Command whose page is printed, such as build; the page of the program without it
    #[arg(conflicts_with = "out")]
    command: Vec<String>,
    /// Folder to write the pages of the program and of all its commands into
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Prints what a shell reads to complete the commands of a program.
pub fn completions(mut program: Command, arguments: &CompletionsArguments) -> Outcome {
    let mut script = Vec::new();
    let name = program.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut program, name, &mut script);
    print(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Prints a page of the manual of a program, or writes all of them.
pub fn man(mut program: Command, arguments: &ManArguments) -> Outcome {
    program.build();
    if let Some(folder) = &arguments.out {
        for (name, page) in pages(&program)? {
            let path = folder.join(name);
            write_atomically(&path, &page).map_err(|error| Failure::write(&path, &error))?;
            print(&path.display().to_string());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = &program;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            let names = command.get_subcommands().filter(|known| !known.is_hide_set());
            Failure::unknown("command", name, names.map(Command::get_name), "--help")
        })?;
    }
    print(String::from_utf8_lossy(&page(command)?).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Returns the pages of a command and of all below it, by the names of their files.
fn pages(command: &Command) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut all = vec![(format!("{}.1", title(command)), page(command)?)];
    let below = command.get_subcommands();
    for command in below.filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        all.extend(pages(command)?);
    }
    Ok(all)
}

/// Returns the name of the page of a command, such as `phext-paper-build`.
fn title(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::machine("cannot write the page", &error))?;
    Ok(page)
}
