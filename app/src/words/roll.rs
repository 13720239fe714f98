//! Words of the roll's import and of the owners' pages.

use domain::roll::{Field, Mend};
use service::roll::{CELL_MAX, COLUMNS_MAX, ROWS_MAX, SheetProblem};

use super::{Lang, fill, words};

words! {
    /// The roll's import, and owners.
    RollWords {
        title: "名册导入" / "Roll import",
        lead: "把手里的表格传上来，先看会改什么，您点了头才写进名册。写进去的，24 小时内还能撤回。" / "Send the table you have. You first see what would change; nothing is written before you confirm, and for 24 hours it can be undone.",
        form_title: "传一张表" / "Send a table",
        kind: "表里是什么" / "What the table holds",
        kind_households: "住户（哪院、哪楼、哪门、几号房）" / "Households (courtyard, building, entrance, room)",
        kind_owners: "业主（房屋、产权人、建筑面积）" / "Owners (unit, owner, area)",
        courtyard: "表里没写小院的，算哪个院" / "Rows without a courtyard belong to",
        courtyard_none: "表里都写了" / "Every row names it",
        file: "选文件" / "The file",
        file_hint: "Excel（.xlsx）或 CSV 都行，最大 10 MB，最多 6 万行。标题行、空行、合计行不用删。" / "Excel (.xlsx) or CSV, at most 10 MB and 60,000 rows. Titles, empty rows and sums may stay.",
        go: "先看看会改什么" / "See what would change",
        example: "表格长这样就行" / "A table such as this will do",
        example_text: "列的先后不要紧，写成「3-2-101」或「3号楼2单元101室」一格也认得。" / "The order doesn't matter, and one column such as 3-2-101 or 3号楼2单元101室 is understood.",
        template: "下载空表" / "Download an empty table",
        never: "表里没有的住户和业主，名册上照旧，不会删。住户表里的姓名、电话不会存。" / "What the table doesn't name stays on the roll. Names and telephones in a table of households are not kept.",
        list: "传过的表" / "Tables sent",
        list_none: "还没有传过" / "None yet",

        st_checked: "等您确认" / "Waits for you",
        st_running: "正在写入" / "Being written",
        st_done: "已写进名册" / "On the roll",
        st_failed: "没写成，可以再来" / "Stopped; try again",
        st_dropped: "已丢弃" / "Thrown away",
        st_undone: "已撤回" / "Undone",

        added: "新增" / "Added",
        changed: "改动" / "Changed",
        left_out: "不动" / "Left out",
        rows: "{n} 行" / "{n} rows",
        of_total: "共 {n} 行" / "of {n} rows",
        sent_at: "传上来的时间" / "Sent",
        again: "从您看到现在，名册有了变化。已经重新核对过，请再看一遍，再点确认。" / "The roll has changed since you looked. The table was checked anew: please look once more, then confirm.",
        failed_text: "写到一半停了，名册上什么都没变。可以再点一次确认。" / "It stopped half-way, and nothing on the roll has changed. You can confirm again.",
        running_text: "已处理 {n} / {total} 行" / "{n} of {total} rows done",
        running_wait: "正在写入，这一页会自己更新。可以先去做别的。" / "It is being written; this page renews itself. You can leave it.",
        undone_text: "已经撤回。{n} 行留着，因为已经有人或别的事用到了。" / "Undone. {n} rows stay, since somebody or something rests on them by now.",
        look: "逐行看" / "Look row by row",
        look_hint: "里面有门牌和姓名，看一次记一笔。" / "It shows rooms and names; each look is recorded.",
        confirm: "确认，写进名册" / "Confirm: write it to the roll",
        confirm_none: "这张表没有要写的。" / "There is nothing to write.",
        drop: "不要了" / "Throw it away",
        undo: "撤回这次导入" / "Undo this import",
        undo_left: "还能撤回：到{until}为止。已经有人加入的住户会留下。" / "Can be undone until {until}. Households that somebody has joined stay.",
        csv: "下载这份清单" / "Download this list",
        back: "回到这次导入" / "Back to the import",

        columns: "认出来的列" / "Columns understood",
        new_places: "会新开的院和楼门" / "Places that would be added",
        new_places_hint: "请看看是不是写法不同的老地方。" / "Please see that none of them is an old place written otherwise.",
        show: "看哪些" / "Show",
        show_all: "全部 {n}" / "All {n}",
        show_problems: "只看要改的 {n}" / "To mend {n}",
        show_changed: "只看改动 {n}" / "Changed {n}",
        show_added: "只看新增 {n}" / "Added {n}",
        page_of: "第 {n} / {total} 页" / "Page {n} of {total}",
        prev: "前一页" / "Before",
        next: "后一页" / "Next",
        none: "没有这样的行" / "There are no such rows",
        col_row: "行" / "Row",
        col_verdict: "结果" / "Result",
        col_place: "地方" / "Place",
        col_owners: "业主" / "Owners",
        col_area: "面积（㎡）" / "Area (m²)",
        col_note: "说明" / "Note",
        v_added: "新增" / "Added",
        v_changed: "改动" / "Changed",
        v_left_out: "不动" / "Left out",
        v_problem: "要改" / "To mend",
        n_same: "名册上已经是这样" / "The roll says so already",
        n_repeats: "和第 {n} 行是同一处" / "The same place as row {n}",
        n_area: "面积 {from} 改成 {to}" / "Area {from} becomes {to}",
        n_owners: "业主有变化" / "The owners change",
        n_representative: "代表人有变化" / "Who votes changes",
        n_phone: "电话有变化" / "A telephone number changes",
        n_namesake: "和第 {n} 行的业主同名、电话不同，按两个人算。是同一个人就写同一个电话。" / "An owner has the same name as in row {n} and another telephone: taken as two people. If they are one, give both the same number.",
        n_namesake_same: "和第 {n} 行的业主同名、都没有电话，按同一个人算。不是就各写各的电话。" / "An owner has the same name as in row {n}, both without a telephone: taken as one person. If they are two, give each a number.",
        mend_at: "「{heading}」：{mend}" / "{heading}: {mend}",

        owners_title: "业主" / "Owners",
        owners_lead: "业主共同决定事情，人数和面积都要算。几套房归同样的业主，算一个人；一套房几个人共有，合起来投一票。" / "Owners decide by heads and by area. Several units of the same owners are one head; a unit owned jointly has one vote.",
        owners_units: "房屋" / "Units",
        owners_heads: "人数" / "Heads",
        owners_area: "面积" / "Area",
        owners_silent: "还投不了票的" / "Can't vote yet",
        owners_silent_text: "{n} 人、{area} ㎡：共有人还没有选好代表，或者业主不清楚。" / "{n} heads, {area} m²: joint owners haven't named who votes, or the owner isn't known.",
        owners_none: "名册上还没有业主" / "No owners on the roll yet",
        owners_none_text: "传一张业主表，就有了。" / "Send a table of owners.",
        owners_look: "看业主名单" / "Look at the owners",
        owners_look_silent: "只看投不了票的" / "Those who can't vote yet",
        owners_voter: "投票的人" / "Who votes",
        owners_joint: "共有人" / "Joint owners",
        owners_not_named: "还没有选代表" / "Nobody named",
        owners_disputed: "几套房选的代表不一样" / "Different people are named",
        owners_unknown: "不知道业主是谁" / "Owner unknown",
        owners_name: "由谁投票" / "Who votes",
        owners_name_none: "还没选好" / "Nobody yet",
        owners_name_go: "记下代表" / "Record who votes",
        owners_back: "回到业主" / "Back to owners",
    }
}

/// A column's usual name.
#[must_use]
pub const fn field(field: Field, lang: Lang) -> &'static str {
    match field {
        Field::Courtyard => lang.pick("小院", "Courtyard"),
        Field::Building => lang.pick("楼号", "Building"),
        Field::Unit => lang.pick("单元", "Entrance"),
        Field::Room => lang.pick("房号", "Room"),
        Field::Address => lang.pick("地址", "Address"),
        Field::Owners => lang.pick("业主", "Owners"),
        Field::Area => lang.pick("建筑面积", "Area"),
        Field::Phone => lang.pick("电话", "Telephone"),
        Field::Representative => lang.pick("代表人", "Who votes"),
    }
}

/// What is wrong with a row, and how it is mended; `{row}` is the earlier row.
#[must_use]
pub const fn mend(mend: Mend, lang: Lang) -> &'static str {
    match mend {
        Mend::AddressUnclear => lang.pick(
            "地址看不懂，请写成「3-2-101」或「3号楼2单元101室」。",
            "This address isn't understood: write 3-2-101 or 3号楼2单元101室.",
        ),
        Mend::NoEntrance => {
            lang.pick("没写楼号和单元，请补上。", "Building and entrance are missing.")
        }
        Mend::NoRoom => lang.pick("没写房号，请补上。", "The room is missing."),
        Mend::PlaceTooLong => {
            lang.pick("太长了，最多 30 个字。", "Too long: at most 30 characters.")
        }
        Mend::NoCourtyard => lang.pick(
            "没写哪个小院，请补上，或者上传时选一个院。",
            "The courtyard is missing: add it, or choose one when you send the table.",
        ),
        Mend::PlaceEnded => lang.pick(
            "这个院或楼门已经停用，请改成现在的名字。",
            "This courtyard or entrance is closed: use its present name.",
        ),
        Mend::NoOwner => lang.pick("没写业主，请补上。", "The owner is missing."),
        Mend::NameTooLong => lang.pick(
            "名字太长了。几个人请用顿号隔开。",
            "This name is too long. Set several people apart with 、.",
        ),
        Mend::NamesRunTogether => lang.pick(
            "像是几个人，请用顿号隔开；是一个人就去掉空格。",
            "This looks like several people: set them apart with 、, or take the space out.",
        ),
        Mend::NoArea => lang.pick("没写面积，请补上。", "The area is missing."),
        Mend::AreaNotNumber => {
            lang.pick("面积请只写数字，比如 89.57。", "Write the area as a number, such as 89.57.")
        }
        Mend::AreaTooFine => lang.pick(
            "面积最多两位小数，请照不动产登记写。",
            "At most two decimals, as the register has it.",
        ),
        Mend::AreaRange => lang.pick("面积不对，请核对。", "This area can't be right."),
        Mend::PhoneUnclear => lang.pick(
            "电话看不懂，请只写号码，没有就空着。",
            "Write the number alone, or leave it empty.",
        ),
        Mend::PhoneCount => lang.pick(
            "电话要么写一个，要么和业主一样多，用顿号隔开。",
            "Give one telephone, or as many as owners, set apart with 、.",
        ),
        Mend::RepresentativeNotOwner => {
            lang.pick("代表人要在业主里面。", "Who votes has to be one of the owners.")
        }
        Mend::OtherArea => lang.pick(
            "和第 {row} 行是同一套房，面积却不一样，请核对。",
            "The same unit as row {row}, with another area.",
        ),
        Mend::OtherRepresentative => lang.pick(
            "和第 {row} 行是同一套房，代表人却不一样，请核对。",
            "The same unit as row {row}, with somebody else to vote.",
        ),
        Mend::SameUnit => lang.pick(
            "和第 {row} 行是同一套房、写法不同，请合成一行。",
            "The same unit as row {row}, written otherwise: make them one row.",
        ),
    }
}

/// Why a file can't be read as a whole, and what to do.
#[must_use]
pub fn sheet(problem: SheetProblem, lang: Lang) -> String {
    let text = match problem {
        SheetProblem::Empty => {
            lang.pick("请选一个有内容的文件", "Choose a file that holds something")
        }
        SheetProblem::TooLarge => {
            lang.pick("文件超过 10 MB，请分成几个", "The file is over 10 MB: please split it")
        }
        SheetProblem::TooManyRows => {
            return fill(
                lang.pick("超过 {n} 行，请分成几个文件", "Over {n} rows: please split it"),
                &[("n", &ROWS_MAX)],
            );
        }
        SheetProblem::TooManyColumns => {
            return fill(
                lang.pick(
                    "超过 {n} 列，请只留名册要用的列",
                    "Over {n} columns: keep those of the roll",
                ),
                &[("n", &COLUMNS_MAX)],
            );
        }
        SheetProblem::LongCell(row) => {
            return fill(
                lang.pick(
                    "第 {row} 行有一格超过 {n} 个字，请改短",
                    "A cell of row {row} has over {n} characters",
                ),
                &[("row", &row), ("n", &CELL_MAX)],
            );
        }
        SheetProblem::Bomb => lang.pick(
            "这个文件解开后太大，不像名册。请新建一张表，只把名册贴进去",
            "Unpacked, this file is far too large. Paste the roll into a new table",
        ),
        SheetProblem::OldExcel => lang.pick(
            "这是旧版 Excel（.xls）或加了密码的文件。请另存为不带密码的 .xlsx 再传",
            "This is an old .xls, or has a password. Save it as .xlsx without one",
        ),
        SheetProblem::NotASheet => lang.pick(
            "读不出来。请传 Excel（.xlsx）或 CSV 文件",
            "This can't be read. Send Excel (.xlsx) or CSV",
        ),
        SheetProblem::NoHeading => lang.pick(
            "前 20 行里没找到表头。请加一行，写上「楼号、单元、房号」或「地址」",
            "No heading among the first 20 rows. Add one with 楼号, 单元, 房号, or 地址",
        ),
        SheetProblem::Lacks(column) => {
            return fill(
                lang.pick("表头里缺「{field}」这一列，请补上", "The column {field} is missing"),
                &[("field", &field(column, lang))],
            );
        }
    };
    text.to_owned()
}
