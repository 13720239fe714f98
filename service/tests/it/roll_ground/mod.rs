//! Files as committees have them, and what the tests ask of the roll.

use std::io::{Cursor, Write as _};

use domain::ids::RollImportId;
use domain::role::Actor;
use sea_orm::{ConnectionTrait, Statement};
use service::Hall;
use service::error::Result;
use service::roll::{RollUpload, roll_check, roll_confirm};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A file to upload.
pub(crate) fn file(kind: &str, name: &str, bytes: impl Into<Vec<u8>>) -> RollUpload {
    RollUpload {
        kind: kind.to_owned(),
        courtyard_id: String::new(),
        file_name: name.to_owned(),
        bytes: bytes.into(),
    }
}

/// Checks a file.
pub(crate) async fn check(hall: &Hall, actor: &Actor, upload: RollUpload) -> RollImportId {
    roll_check(hall, actor, upload).await.unwrap()
}

/// Confirms it, and waits until it is in.
pub(crate) async fn confirm(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<()> {
    roll_confirm(hall, actor, id).await?.expect("a run").ended().await
}

/// A number out of the database.
pub(crate) async fn count(hall: &Hall, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(({sql}) AS BIGINT) AS n");
    let statement = Statement::from_string(hall.db.backend(), sql);
    let row = hall.db.read().query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// Rows of the tables that an import writes to.
pub(crate) async fn rolled(hall: &Hall) -> [i64; 6] {
    let mut rows = [0; 6];
    let tables = ["courtyard", "entrance", "household", "unit", "owner", "unit_owner"];
    for (at, table) in tables.into_iter().enumerate() {
        rows[at] = count(hall, &format!("SELECT count(*) FROM {table}")).await;
    }
    rows
}

/// A workbook with one sheet: rows of (row's number, cells), and merged areas such as `A1:D1`.
pub(crate) fn workbook(rows: &[(u32, &[&str])], merged: &[&str]) -> Vec<u8> {
    let mut sheet = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (number, cells) in rows {
        sheet += &format!(r#"<row r="{number}">"#);
        for (column, text) in ('A'..).zip(*cells) {
            if text.is_empty() {
                continue;
            }
            let at = format!("{column}{number}");
            // Numbers as a spreadsheet has them: floating, and not always exactly what was typed.
            sheet += &match text.strip_prefix('#') {
                Some(float) => format!(r#"<c r="{at}"><v>{float}</v></c>"#),
                None => format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#),
            };
        }
        sheet += "</row>";
    }
    sheet += "</sheetData>";
    if !merged.is_empty() {
        sheet += &format!(r#"<mergeCells count="{}">"#, merged.len());
        for area in merged {
            sheet += &format!(r#"<mergeCell ref="{area}"/>"#);
        }
        sheet += "</mergeCells>";
    }
    sheet += "</worksheet>";
    package(&sheet)
}

/// A workbook around a sheet's XML.
pub(crate) fn package(sheet: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, &str); 5] = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, xml) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
