//! The page as browsers, people who cannot see it, and the rules of HTML take it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use scraper::{Html, Selector};
use serde_json::Value;

use crate::browser::browser;
use crate::paper::Paper;

/// Widths in CSS pixels: the narrowest telephone and a wide screen.
const WIDTHS: [u32; 2] = [320, 1400];

fn tool(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools").join(name);
    assert!(file.exists(), "no {}; run scripts/bootstrap --tests", file.display());
    file
}

/// The papers with their pages.
fn pages() -> [(&'static str, String); 3] {
    let built = |paper: Paper| {
        paper.command("build").assert().success();
        paper.read("build/html/index.html")
    };
    let own = Paper::own_built().read("build/html/index.html");
    [("minimal", built(Paper::minimal())), ("everything", built(Paper::everything())), ("own", own)]
}

/// A page of frames, one for each width, in which axe-core looks at copies of `page`.
fn frames(page: &str, widths: &[u32]) -> String {
    let axe = std::fs::read_to_string(tool("axe.min.js")).unwrap();
    let report = "axe.run(document).then(found => parent.postMessage(JSON.stringify({
        width: innerWidth,
        needed: document.documentElement.scrollWidth,
        dark: matchMedia('(prefers-color-scheme: dark)').matches,
        passes: found.passes.length,
        violations: found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html).join(' ')),
    }), '*'));";
    let copy = page.replace("</body>", &format!("<script>{axe}</script><script>{report}</script></body>"));
    let copy = copy.replace('&', "&amp;").replace('"', "&quot;");
    let frame = |width: &u32| {
        format!("<iframe style=\"border:0\" width=\"{width}\" height=\"900\" srcdoc=\"{copy}\"></iframe>")
    };
    let frames: String = widths.iter().map(frame).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>frames</title><body><script>\
         addEventListener('message', message => {{ const line = document.createElement('pre'); \
         line.className = 'found'; line.textContent = message.data; document.body.append(line); }});\
         </script>{frames}</body></html>"
    )
}

/// What axe-core finds at each width.
fn look(page: &str, dark: bool, widths: &[u32]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frames.html");
    std::fs::write(&file, frames(page, widths)).unwrap();
    let output = browser(&folder.path().join("profile"))
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
        .args(["--window-size=1800,1000", "--virtual-time-budget=600000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dumped = Html::parse_document(&String::from_utf8_lossy(&output.stdout));
    let lines = Selector::parse("pre.found").unwrap();
    let found = dumped.select(&lines).map(|line| line.text().collect::<String>());
    found.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

/// Holds a page against axe-core at some widths, in light and dark.
pub fn check_axe(name: &str, page: &str, widths: &[u32]) {
    for dark in [false, true] {
        let found = look(page, dark, widths);
        let mut seen: Vec<u64> = found.iter().map(|one| one["width"].as_u64().unwrap()).collect();
        seen.sort_unstable();
        assert_eq!(
            seen,
            widths.iter().map(|&width| u64::from(width)).collect::<Vec<_>>(),
            "{name}, dark: {dark}"
        );
        for one in found {
            assert_eq!(one["dark"], dark, "{name}: {one:#}");
            assert_eq!(one["violations"], Value::Array(Vec::new()), "{name}: {one:#}");
            assert!(one["passes"].as_u64().unwrap() > 15, "{name}: {one:#}");
            assert!(one["needed"].as_u64() <= one["width"].as_u64(), "{name} scrolls sideways: {one:#}");
        }
    }
}

/// Holds a page against the rules of HTML.
pub fn check_validator(name: &str, page: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new("java").arg("-jar").arg(tool("vnu.jar")).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{name}: {said}");
}

#[test]
fn axe_finds_no_violation_at_any_width_in_light_and_dark_and_nothing_scrolls_sideways() {
    for (name, page) in pages() {
        check_axe(name, &page, &WIDTHS);
    }
}

#[test]
fn the_validator_finds_nothing() {
    for (name, page) in pages() {
        check_validator(name, &page);
    }
}

#[test]
fn contents_figures_tables_equations_and_references_are_linked_both_ways() {
    for (name, text) in pages() {
        let page = Html::parse_document(&text);
        let select = |selector: &str| {
            page.select(&Selector::parse(selector).unwrap())
                .map(|element| element.value())
                .collect::<Vec<_>>()
        };
        let ids: BTreeSet<&str> = select("[id]").iter().filter_map(|element| element.id()).collect();
        let links = select("a[href^='#']");
        for link in &links {
            let target = &link.attr("href").unwrap()[1..];
            assert!(ids.contains(target), "{name}: nothing is named {target}");
        }
        let hrefs: BTreeSet<&str> = links.iter().filter_map(|link| link.attr("href")).collect();
        for kind in ["fig:", "tab:", "eq:", "ref-"] {
            let mentions: Vec<&str> =
                ids.iter().copied().filter(|id| id.starts_with(&format!("at-{kind}"))).collect();
            assert!(!mentions.is_empty(), "{name}: nothing mentions {kind}");
            for mention in mentions {
                let (target, _) = mention["at-".len()..].rsplit_once('-').unwrap();
                assert!(hrefs.contains(format!("#{mention}").as_str()), "{name}: no way back to {mention}");
                assert!(hrefs.contains(format!("#{target}").as_str()), "{name}: no way to {target}");
            }
        }
        let headings = ids.iter().filter(|id| id.starts_with("in-sec:"));
        assert!(headings.clone().count() > 2);
        for heading in headings {
            let section = &heading["in-".len()..];
            assert!(
                hrefs.contains(format!("#{heading}").as_str()),
                "{name}: {section} does not lead to the contents"
            );
            assert!(
                hrefs.contains(format!("#{section}").as_str()),
                "{name}: the contents do not lead to {section}"
            );
        }
    }
}

#[test]
fn a_number_opens_its_entry_over_the_text_and_the_text_stays_where_it_is() {
    let page = Paper::own_built().read("build/html/index.html");
    let click = "<script>addEventListener('load', () => {
        const number = [...document.querySelectorAll('a.entry')].find(one => one.getBoundingClientRect().top > 9000);
        number.scrollIntoView({block: 'center'});
        const before = scrollY;
        number.click();
        setTimeout(() => {
            const entry = document.querySelector('.ledger div:target');
            const box = entry.getBoundingClientRect();
            const seen = [scrollY === before, box.bottom <= innerHeight, box.top > innerHeight / 2];
            entry.querySelector('.close').click();
            setTimeout(() => {
                seen.push(document.querySelector('.ledger div:target') === null, scrollY === before);
                const line = document.createElement('pre');
                line.id = 'seen';
                line.textContent = seen.join() + ' ' + before;
                document.body.append(line);
            }, 50);
        }, 50);
    });</script>";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("click.html");
    std::fs::write(&file, page.replace("</body>", &format!("{click}</body>"))).unwrap();
    let output = browser(&folder.path().join("profile"))
        .args(["--window-size=1400,900", "--virtual-time-budget=60000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dumped = Html::parse_document(&String::from_utf8_lossy(&output.stdout));
    let seen: String =
        dumped.select(&Selector::parse("#seen").unwrap()).flat_map(|line| line.text()).collect();
    assert!(seen.starts_with("true,true,true,true,true "), "{seen}");
}
