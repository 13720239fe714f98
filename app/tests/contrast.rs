//! The colours of the style sheet, computed: every text keeps 4.5:1 on every surface (WCAG 2.2, 1.4.3)
//! and every edge 3:1 (1.4.11), whatever the accent, the size and the theme.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    reason = "a test fails by panicking, and contrast is defined in fractions"
)]

use std::collections::BTreeMap;
use std::path::Path;

use domain::settings::Accent;

/// Attributes of `html`, such as `data-theme` with `dark`.
type Attributes<'a> = BTreeMap<&'a str, &'a str>;

/// One part of a selector: an attribute's value, and whether the element has it.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    attribute: String,
    value: String,
    has: bool,
}

/// Custom properties that a rule sets on `html`.
#[derive(Debug)]
struct Rule {
    /// Whether it holds where the device is dark alone.
    dark_device: bool,
    parts: Vec<Part>,
    values: Vec<(String, String)>,
}

impl Rule {
    fn holds(&self, attributes: &Attributes, dark_device: bool) -> bool {
        let fits = |part: &Part| {
            let same = attributes.get(part.attribute.as_str()) == Some(&part.value.as_str());
            same == part.has
        };
        (dark_device || !self.dark_device) && self.parts.iter().all(fits)
    }
}

/// The rules of the files in which colours are named, in their order.
fn rules() -> Vec<Rule> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let mut rules = Vec::new();
    for file in ["00-tokens.css", "05-accent.css"] {
        let css = std::fs::read_to_string(folder.join(file)).unwrap();
        read(&css, &mut rules);
    }
    rules
}

fn read(css: &str, rules: &mut Vec<Rule>) {
    let mut text = css.to_owned();
    while let Some(from) = text.find("/*") {
        let to = from + text[from..].find("*/").expect("a comment ends") + 2;
        text.replace_range(from..to, "");
    }
    let mut dark_device = false;
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = (rest[..at].trim(), &rest[at + 1..]);
        if rest.as_bytes()[at] == b'}' {
            assert_eq!(before, "", "only a media query holds rules");
            dark_device = false;
            rest = after;
            continue;
        }
        if before.starts_with("@media") {
            dark_device = before.contains("prefers-color-scheme: dark");
            assert!(dark_device, "{before}");
            rest = after;
            continue;
        }
        let (body, after) = after.split_once('}').expect("a rule ends");
        let values = body.split(';').filter_map(|line| line.trim().split_once(':'));
        let values = values.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        // The language sets no colours.
        if before != "html:lang(en)" {
            rules.push(Rule { dark_device, parts: parts(before), values: values.collect() });
        }
        rest = after;
    }
}

fn parts(selector: &str) -> Vec<Part> {
    let mut rest = selector.strip_prefix("html").unwrap_or_else(|| panic!("{selector}"));
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (inner, has, after) = if let Some(not) = rest.strip_prefix(":not([") {
            let (inner, after) = not.split_once("])").unwrap();
            (inner, false, after)
        } else {
            let is = rest.strip_prefix('[').unwrap_or_else(|| panic!("{selector}"));
            let (inner, after) = is.split_once(']').unwrap();
            (inner, true, after)
        };
        let (attribute, value) = inner.split_once('=').unwrap();
        parts.push(Part { attribute: attribute.to_owned(), value: value.to_owned(), has });
        rest = after;
    }
    parts
}

/// The colours as a browser has them: the rule with more parts wins, of two the later one.
fn colours(
    rules: &[Rule],
    attributes: &Attributes,
    dark_device: bool,
) -> BTreeMap<String, [u8; 3]> {
    let mut holding: Vec<_> =
        rules.iter().filter(|rule| rule.holds(attributes, dark_device)).collect();
    holding.sort_by_key(|rule| rule.parts.len());
    let values = holding.into_iter().flat_map(|rule| &rule.values);
    values.filter_map(|(name, value)| Some((name.clone(), colour(value)?))).collect()
}

/// `#rgb` or `#rrggbb`.
fn colour(value: &str) -> Option<[u8; 3]> {
    let hex = value.strip_prefix('#')?;
    let long =
        if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    assert_eq!(long.len(), 6, "{value}");
    let part = |at: usize| u8::from_str_radix(&long[at..at + 2], 16).unwrap();
    Some([part(0), part(2), part(4)])
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// WCAG 2.2, contrast ratio: 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

const SURFACES: [&str; 3] = ["--paper", "--card", "--sunk"];

/// What is written, on what, besides the surfaces.
const WRITTEN: [(&str, &[&str]); 10] = [
    ("--ink", &["--accent-soft", "--pine-soft", "--amber-soft", "--sky-soft"]),
    ("--soft", &[]),
    ("--accent", &["--accent-soft"]),
    ("--accent-deep", &["--accent-soft"]),
    ("--alert", &["--alert-soft"]),
    ("--alert-deep", &["--alert-soft"]),
    ("--pine", &["--pine-soft"]),
    ("--amber", &["--amber-soft"]),
    ("--sky", &["--sky-soft"]),
    ("--edge", &[]),
];
/// What is written in light on a colour that fills.
const ON: [(&str, &[&str]); 3] = [
    ("--on-accent", &["--accent", "--accent-deep"]),
    ("--on-alert", &["--alert", "--alert-deep"]),
    ("--on-hue", &["--pine", "--amber", "--sky"]),
];

#[test]
fn every_text_can_be_read() {
    let rules = rules();
    let mut low = Vec::new();
    let mut seen = 0;
    for accent in Accent::ALL {
        for size in [None, Some("large")] {
            for (theme, dark_device) in
                [(None, false), (None, true), (Some("light"), true), (Some("dark"), false)]
            {
                let mut attributes = Attributes::from([("data-accent", accent.as_str())]);
                attributes.extend(size.map(|size| ("data-size", size)));
                attributes.extend(theme.map(|theme| ("data-theme", theme)));
                let colours = colours(&rules, &attributes, dark_device);
                let mut check = |text: &str, ground: &str, least: f64| {
                    seen += 1;
                    let ratio = contrast(colours[text], colours[ground]);
                    if ratio < least {
                        let device = if dark_device { ", dark device" } else { "" };
                        low.push(format!(
                            "{text} on {ground}: {ratio:.2} with {attributes:?}{device}"
                        ));
                    }
                };
                for (text, grounds) in WRITTEN {
                    let least = if text == "--edge" { 3.0 } else { 4.5 };
                    for ground in SURFACES.iter().chain(grounds) {
                        check(text, ground, least);
                    }
                }
                for (text, grounds) in ON {
                    for ground in grounds {
                        check(text, ground, 4.5);
                    }
                }
            }
        }
    }
    assert!(low.is_empty(), "{}", low.join("\n"));
    assert_eq!(seen, Accent::ALL.len() * 8 * 48, "every pair is looked at");
}

#[test]
fn each_accent_is_another_colour_in_light_and_in_dark() {
    let rules = rules();
    for theme in ["light", "dark"] {
        let of = |accent: &Accent| {
            let attributes =
                Attributes::from([("data-accent", accent.as_str()), ("data-theme", theme)]);
            (colours(&rules, &attributes, false)["--accent"], *accent)
        };
        let found: BTreeMap<_, _> = Accent::ALL.iter().map(of).collect();
        assert_eq!(found.len(), Accent::ALL.len(), "{theme}: {found:?}");
        assert!(found.keys().all(|colour| luminance(*colour) > 0.3) == (theme == "dark"));
    }
    let known: Vec<_> = Accent::ALL.iter().map(|accent| accent.as_str()).collect();
    for part in rules.iter().flat_map(|rule| &rule.parts) {
        let strange = part.attribute == "data-accent" && !known.contains(&part.value.as_str());
        assert!(!strange, "{part:?} is no accent of the settings");
    }
}

#[test]
fn contrast_is_that_of_the_standard() {
    let (black, white, grey) = ([0; 3], [255; 3], [119; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!(
        (contrast(grey, white) - 4.48).abs() < 0.01,
        "the well-known grey that is just too light"
    );
    assert!((contrast(white, white) - 1.0).abs() < 1e-9);
    assert_eq!(colour("#0f8"), Some([0, 255, 136]));
    assert_eq!(colour("#1e2320"), Some([0x1e, 0x23, 0x20]));
}
