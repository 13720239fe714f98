//! Files of counts: what is printed for those that can be judged, what is said of those that can't.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::tally_file::tally;

#[test]
fn one_line_a_file() {
    let table = [
        (
            r#"{"kind":"households","members":1286,"yes":400,"no":150,"abstain":48}"#,
            r#"{"kind":"households","participated":598,"quorum":644,"valid":false,"passed":false}"#,
        ),
        (
            r#"{"abstain":3,"no":4,"yes":31,"members":50,"committee":9,"representatives":41,"kind":"representatives"}"#,
            r#"{"kind":"representatives","participated":38,"quorum":34,"valid":true,"passed":true}"#,
        ),
        (
            r#"{"kind":"representatives","committee":9,"representatives":41,"yes":31,"no":4,"abstain":3}"#,
            r#"{"kind":"representatives","participated":38,"quorum":34,"valid":true,"passed":true}"#,
        ),
        (
            r#"{"kind":"residents","members":3120,"yes":0,"no":0,"abstain":0}"#,
            r#"{"kind":"residents","participated":0,"quorum":1561,"valid":false,"passed":false}"#,
        ),
        (
            r#"{"kind":"council","members":9,"yes":3,"no":2,"abstain":0}"#,
            r#"{"kind":"council","participated":5,"quorum":5,"valid":true,"passed":true}"#,
        ),
        (
            r#"{"kind":"straw","members":9,"yes":1,"no":0,"abstain":0}"#,
            r#"{"kind":"straw","participated":1,"quorum":0,"valid":true,"passed":true}"#,
        ),
        (
            r#"{"kind":"unanimous","members":9,"yes":9,"no":0,"abstain":0}"#,
            r#"{"kind":"unanimous","participated":9,"quorum":9,"valid":true,"passed":true}"#,
        ),
        (
            r#"{"kind":"owners_special","heads":{"total":12,"yes":6,"no":2,"abstain":0},
                "area":{"total":90000,"yes":44999,"no":15001,"abstain":0}}"#,
            concat!(
                r#"{"kind":"owners_special","participated":8,"quorum":8,"valid":true,"passed":false,"#,
                r#""heads":{"participated":8,"quorum":8,"valid":true,"passed":true},"#,
                r#""area":{"participated":60000,"quorum":60000,"valid":true,"passed":false}}"#
            ),
        ),
        (
            r#"{"kind":"owners_ordinary","heads":{"total":9,"yes":7,"no":0,"abstain":0},
                "area":{"total":90000,"yes":59999,"no":0,"abstain":0}}"#,
            concat!(
                r#"{"kind":"owners_ordinary","participated":7,"quorum":6,"valid":false,"passed":false,"#,
                r#""heads":{"participated":7,"quorum":6,"valid":true,"passed":true},"#,
                r#""area":{"participated":59999,"quorum":60000,"valid":false,"passed":false}}"#
            ),
        ),
        (
            r#"{"kind":"project_selection","quorum":5,"voters":10,"fund":800,"projects":[
                {"id":"lamp","cost":500,"approvals":7},{"id":"bench","cost":300,"approvals":9},
                {"id":"garden","cost":600,"approvals":8}]}"#,
            concat!(
                r#"{"kind":"project_selection","participated":10,"quorum":5,"valid":true,"passed":true,"#,
                r#""funded":["bench","lamp"],"left":0}"#
            ),
        ),
        (
            r#"{"kind":"project_selection","quorum":1,"voters":3,"fund":9,"projects":[
                {"id":7,"cost":5,"approvals":2},{"id":"8","cost":4,"approvals":3}]}"#,
            concat!(
                r#"{"kind":"project_selection","participated":3,"quorum":1,"valid":true,"passed":true,"#,
                r#""funded":["8",7],"left":0}"#
            ),
        ),
        (
            r#"{"kind":"project_selection","quorum":11,"voters":10,"fund":800,
                "projects":[{"id":"lamp","cost":500,"approvals":7}]}"#,
            concat!(
                r#"{"kind":"project_selection","participated":10,"quorum":11,"valid":false,"passed":false,"#,
                r#""funded":[],"left":800}"#
            ),
        ),
    ];
    for (file, line) in table {
        assert_eq!(tally(file).unwrap(), line, "{file}");
        assert_eq!(tally(&format!("\u{feff}{file}\r\n")).unwrap(), line);
    }
}

#[test]
fn refusals_say_what_is_wrong_and_where() {
    let owners = |area: &str| {
        format!(
            r#"{{"kind":"owners_ordinary","heads":{{"total":9,"yes":7,"no":0,"abstain":0}},"area":{area}}}"#
        )
    };
    let council = |rest: &str| format!(r#"{{"kind":"council",{rest}}}"#);
    let selection = |projects: &str| {
        format!(
            r#"{{"kind":"project_selection","quorum":1,"voters":9,"fund":10,"projects":{projects}}}"#
        )
    };
    let table: Vec<(String, &[&str])> = vec![
        (council(r#""members":9,"yes":-1,"no":0,"abstain":0"#), &["`yes`", "-1", "whole number"]),
        (council(r#""members":9,"yes":1.5,"no":0,"abstain":0"#), &["`yes`", "1.5"]),
        (council(r#""members":9,"yes":"1","no":0,"abstain":0"#), &["`yes`", "text \"1\""]),
        (council(r#""members":9,"yes":null,"no":0,"abstain":0"#), &["`yes`", "null"]),
        (council(r#""members":9,"yes":18446744073709551616,"no":0,"abstain":0"#), &["`yes`", "18446744073709551615"]),
        (council(r#""members":9,"yes":1e1,"no":0,"abstain":0"#), &["`yes`", "10.0"]),
        (council(r#""members":9,"yes":9,"no":1,"abstain":0"#), &["10 votes", "9 who may vote"]),
        (council(r#""members":9,"yes":18446744073709551615,"no":1,"abstain":0"#), &["add up to more"]),
        (council(r#""members":0,"yes":0,"no":0,"abstain":0"#), &["electorate is empty"]),
        (council(r#""members":9,"yes":1,"no":0"#), &["`abstain` is missing"]),
        (council(r#""yes":1,"no":0,"abstain":0"#), &["`members` is missing"]),
        (council(r#""members":9,"yes":1,"no":0,"abstain":0,"quorum":1"#), &["`quorum` isn't a field"]),
        (council(r#""members":9,"yes":1,"yes":2,"no":0,"abstain":0"#), &["`yes` is given twice"]),
        (council(r#""members":9,"yes":1,"no":0,"abstain":0,"committee":1"#), &["`committee` isn't a field"]),
        (r#"{"kind":"lottery","members":9}"#.into(), &["unknown kind", "lottery", "households"]),
        (r#"{"kind":3}"#.into(), &["`kind`", "a text", "3"]),
        (r#"{"members":9}"#.into(), &["`kind` is missing"]),
        ("[]".into(), &["the file must be an object"]),
        ("".into(), &["isn't a JSON file", "line 1"]),
        ("{\"kind\":\"council\",\n\"members\":9,}".into(), &["line 2 column 13"]),
        ("{\"kind\":\"council\"} {}".into(), &["trailing", "line 1"]),
        (owners(r#"{"total":90000.5,"yes":1,"no":0,"abstain":0}"#), &["`area.total`", "90000.5", "0.01 m²", "8950"]),
        (owners(r#"{"total":90000,"yes":12.0,"no":0,"abstain":0}"#), &["`area.yes`", "12.0", "0.01 m²"]),
        (owners(r#"{"total":90000,"yes":90000,"no":1,"abstain":0}"#), &["area: 90001 votes"]),
        (owners(r#"{"total":0,"yes":0,"no":0,"abstain":0}"#), &["area: the electorate is empty"]),
        (owners(r#"{"total":9,"yes":0,"no":0,"abstain":0,"members":9}"#), &["`area.members` isn't a field"]),
        (owners("90000"), &["`area` must be an object", "90000"]),
        (r#"{"kind":"owners_special","heads":{"total":9,"yes":7,"no":0,"abstain":0}}"#.into(), &["`area` is missing"]),
        (
            r#"{"kind":"representatives","members":44,"committee":9,"representatives":35,"yes":31,"no":0,"abstain":0}"#
                .into(),
            &["35 representatives among 44", "four fifths"],
        ),
        (
            r#"{"kind":"representatives","members":51,"committee":9,"representatives":41,"yes":31,"no":0,"abstain":0}"#
                .into(),
            &["members is 51", "are 50"],
        ),
        (r#"{"kind":"representatives","members":50,"yes":31,"no":0,"abstain":0}"#.into(), &["`committee` is missing"]),
        (
            r#"{"kind":"representatives","committee":0,"representatives":0,"yes":0,"no":0,"abstain":0}"#.into(),
            &["electorate is empty"],
        ),
        (selection(r#"[{"id":"a","cost":1,"approvals":10}]"#), &["\"a\"", "10 approvals", "9 who voted"]),
        (
            selection(r#"[{"id":"a","cost":1,"approvals":1},{"id":"a","cost":1,"approvals":1}]"#),
            &["\"a\" is listed twice"],
        ),
        (selection(r#"[{"id":"a","cost":-1,"approvals":1}]"#), &["`projects[0].cost`", "-1"]),
        (selection(r#"[{"id":"a","cost":1}]"#), &["`projects[0].approvals` is missing"]),
        (selection(r#"[{"id":null,"cost":1,"approvals":1}]"#), &["`projects[0].id`", "a text"]),
        (
            selection(r#"[{"id":7,"cost":1,"approvals":1},{"id":"7","cost":1,"approvals":1}]"#),
            &["\"7\" is listed twice"],
        ),
        (selection(r#"[{"id":"","cost":1,"approvals":1}]"#), &["blank id"]),
        (selection("{}"), &["`projects` must be a list", "an object"]),
    ];
    for (file, words) in table {
        let message = tally(&file).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{file}\nsays: {message}\nwithout: {word}");
        }
    }
}
