//! A browser that a test drives.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::Value;

use crate::browser::{ALONE, program};

/// A page in a browser of its own.
pub struct Driven {
    /// The page.
    pub tab: Arc<Tab>,
    _browser: Browser,
}

impl Driven {
    /// Opens an address in a window; `profile` is a folder of its own.
    pub fn open(address: &str, profile: &Path, window: (u32, u32)) -> Self {
        let options = LaunchOptions {
            path: Some(program()),
            user_data_dir: Some(profile.to_path_buf()),
            window_size: Some(window),
            sandbox: false,
            args: ALONE.iter().map(OsStr::new).collect(),
            idle_browser_timeout: Duration::from_secs(600),
            ..LaunchOptions::default()
        };
        let browser = Browser::new(options).unwrap();
        let tab = browser.new_tab().unwrap();
        tab.navigate_to(address).unwrap();
        tab.wait_until_navigated().unwrap();
        Self { tab, _browser: browser }
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Value {
        let found =
            self.tab.evaluate(expression, true).unwrap_or_else(|error| panic!("{expression}: {error}"));
        found.value.unwrap_or_default()
    }

    /// Waits until an expression holds in the page.
    pub fn wait(&self, expression: &str, patience: Duration) {
        let start = Instant::now();
        while self.value(&format!("Boolean({expression})")) != true {
            assert!(
                start.elapsed() < patience,
                "never: {expression}; {}",
                self.value("document.body.innerText")
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
