//! Documents: what is written comes back, here and in `libphext`, and no input does harm.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use phext::document::InsertError;
use phext::reader::{Fault, MOST_SCROLL_BYTES, MOST_SCROLLS};
use phext::{Coordinate, Delimiter, Document, Index, Reader};
use proptest::prelude::*;

fn at(text: &str) -> Coordinate {
    Coordinate::parse(text).unwrap()
}

fn exploded(text: &str) -> BTreeMap<String, String> {
    let scrolls = libphext::phext::explode(text).into_iter().filter(|(_, scroll)| !scroll.is_empty());
    scrolls.map(|(coordinate, scroll)| (coordinate.to_string(), scroll)).collect()
}

fn ours(document: &Document) -> BTreeMap<String, String> {
    document.iter().map(|(coordinate, text)| (coordinate.to_string(), text.to_owned())).collect()
}

fn number() -> impl Strategy<Value = u16> {
    prop_oneof![5 => 1_u16..=3, 1 => 1_u16..=999, 1 => Just(999_u16)]
}

fn scrolls() -> impl Strategy<Value = BTreeMap<Coordinate, String>> {
    let coordinate = prop::array::uniform9(number()).prop_map(|[a, b, c, d, e, f, g, h, i]| {
        Coordinate::from_arms([a, b, c], [d, e, f], [g, h, i]).unwrap()
    });
    prop::collection::btree_map(coordinate, "[ -~é漢\\n\\t\\r\u{1b}]{1,40}", 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_come_back_and_libphext_reads_and_writes_the_same(scrolls in scrolls()) {
        let mut document = Document::default();
        for (coordinate, text) in &scrolls {
            document.insert(*coordinate, text.clone()).unwrap();
        }
        let text = document.to_string();
        prop_assert_eq!(&Document::read(text.as_bytes()).unwrap(), &document);
        prop_assert_eq!(exploded(&text), ours(&document));
        let theirs: HashMap<_, _> = scrolls
            .iter()
            .map(|(coordinate, text)| (libphext::phext::to_coordinate(&coordinate.to_string()), text.clone()))
            .collect();
        let imploded = libphext::phext::implode(theirs);
        prop_assert_eq!(&Document::read(imploded.as_bytes()).unwrap(), &document);
        prop_assert_eq!(imploded, text, "the fewest delimiters");
    }

    #[test]
    fn any_order_of_delimiters_means_what_libphext_says(
        text in "[a\\x01\\x17\\x18\\x19\\x1a\\x1c\\x1d\\x1e\\x1f]{0,60}"
    ) {
        prop_assert_eq!(ours(&Document::read(text.as_bytes()).unwrap()), exploded(&text));
    }

    #[test]
    fn any_bytes_are_scrolls_in_order_or_one_located_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut last = None;
        let mut errors = 0;
        for scroll in Reader::new(bytes.as_slice()) {
            match scroll {
                Ok(scroll) => {
                    prop_assert!(!scroll.text.is_empty() && last < Some(scroll.coordinate) && errors == 0);
                    let from = usize::try_from(scroll.offset).unwrap();
                    prop_assert_eq!(&bytes[from..from + scroll.text.len()], scroll.text.as_bytes());
                    last = Some(scroll.coordinate);
                }
                Err(error) => {
                    prop_assert!(error.offset <= bytes.len() as u64);
                    errors += 1;
                }
            }
        }
        prop_assert_eq!(errors > 0, std::str::from_utf8(&bytes).is_err());
    }

    #[test]
    fn any_text_is_an_index_or_an_error(lines in prop::collection::vec("(scroll|scrolls|title)?[\\t0-9./a]{0,30}", 0..8)) {
        let text = format!("format\tphext-paper\t1\n{}", lines.join("\n"));
        prop_assert!(Index::parse(&text).is_some());
    }
}

#[test]
fn a_text_that_holds_a_delimiter_is_rejected_at_its_place() {
    let mut document = Document::default();
    for delimiter in Delimiter::ALL {
        let text = format!("é\nab{}c", char::from(delimiter.byte()));
        let error = document.insert(Coordinate::ORIGIN, text).unwrap_err();
        assert_eq!(error, InsertError::Delimiter { line: 2, column: 3, delimiter });
        assert!(error.to_string().contains(delimiter.name()), "{error}");
    }
    assert_eq!(document.insert(Coordinate::ORIGIN, ""), Ok(()));
    assert_eq!((document.iter().count(), document.to_string().as_str()), (0, ""), "an empty scroll is none");
    assert_eq!(document.insert(Coordinate::ORIGIN, "a"), Ok(()));
    let again = document.insert(Coordinate::ORIGIN, "b");
    assert_eq!(again, Err(InsertError::Occupied(Coordinate::ORIGIN)));
    let long = document.insert(at("1.1.1/1.1.1/1.1.2"), "a".repeat(MOST_SCROLL_BYTES + 1));
    assert_eq!(long, Err(InsertError::TooLong(MOST_SCROLL_BYTES + 1)));
    assert_eq!(document.get(Coordinate::ORIGIN), Some("a"));
}

#[test]
fn faults_are_located() {
    let past = [[0x17; 3].as_slice(), &[0x1A; 998], b"x", &[0x1A]].concat();
    let long = vec![b'a'; MOST_SCROLL_BYTES + 1];
    for (bytes, place, fault) in [
        (b"ab\x17c\xFFd".to_vec(), "byte 4, at 1.1.1/1.1.1/1.1.2, line 1, column 2", "0xFF is not UTF-8"),
        (b"\x01a\n\xC3\xA9\xC3".to_vec(), "byte 5, at 2.1.1/1.1.1/1.1.1, line 2, column 2", "ends inside"),
        (b"a\xE2\x82\x18b".to_vec(), "byte 1, at 1.1.1/1.1.1/1.1.1, line 1, column 2", "ends inside"),
        (past, "byte 1002, at 1.1.1/1.1.999/1.1.1", "this book break leads past 999"),
        (long, "byte 16777216, at 1.1.1/1.1.1/1.1.1", "more than 16777216 bytes"),
    ] {
        let error = Reader::new(bytes.as_slice()).find_map(Result::err).unwrap();
        let message = error.to_string();
        assert!(message.starts_with(&format!("{place}: ")) && message.contains(fault), "{message}");
        assert!(Reader::new(bytes.as_slice()).skip_while(Result::is_ok).count() == 1, "it ends there");
    }
    let before_the_fault = Reader::new(b"a\x17b\x17\xFF".as_slice()).filter_map(Result::ok);
    assert_eq!(before_the_fault.map(|scroll| scroll.text).collect::<String>(), "ab");
}

#[test]
fn more_scrolls_than_a_document_may_have_are_an_error_at_the_first_too_many() {
    let section = ["a\u{17}".repeat(998).as_str(), "a\u{18}"].concat();
    let chapter = [section.repeat(998).as_str(), "\u{19}"].concat();
    let text = chapter.repeat(2);
    let error = Reader::new(text.as_bytes()).find_map(Result::err).unwrap();
    assert!(matches!(error.fault, Fault::TooManyScrolls), "{error}");
    let before = &text.as_bytes()[..usize::try_from(error.offset).unwrap()];
    assert_eq!(Reader::new(before).filter(Result::is_ok).count(), MOST_SCROLLS);
}

#[test]
fn an_input_that_fails_is_an_error_and_not_an_end() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = Reader::new(b"a\x17b".chain(Broken)).find_map(Result::err).unwrap();
    assert!(matches!(error.fault, Fault::Input(_)) && error.offset == 3, "{error}");
}
