//! Photos: made anew, sent, seen by whoever may see what they belong to, and dropped; on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Cursor;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::{DraftId, PhotoId, PostId, ProposalId};
use domain::role::Actor;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use entities::{photo, post, proposal, stored_file};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::draft::draft_keep;
use service::photo::{
    LARGE, PhotoHome, PhotoProblem, PhotoView, SMALL, photo_add, photo_alt_change, photo_file,
    photo_first, photo_remove, photos_loose, photos_of, photos_of_draft, photos_of_posts,
    photos_sweep, photos_to_matter_in_txn, photos_to_post_in_txn, prepare,
};
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::store::{FileStore, file_keep, files_sweep, folder, hash_of};
use service::testing::{World, audit_since, databases, sqlite};
use service::{Error, FieldError, Hall, Problem, Refusal};

/// A picture whose quarters differ, so that each way of turning it is told apart.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(quarters(width, height), ImageFormat::Jpeg)
}

/// A TIFF block with an orientation and a GPS latitude, as a telephone writes it (Exif 2.32).
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    // The GPS directory: latitude reference N, and 39° as text that a search finds.
    tiff.extend([1, 0, 1, 0, 2, 0, 14, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS39.9042N116");
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(tiff);
    exif
}

/// The same JPEG with an APP1 segment after its first marker.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = exif(orientation);
    let length = u16::try_from(exif.len() + 2).unwrap();
    let mut out = jpeg[..2].to_vec();
    out.extend([0xFF, 0xE1]);
    out.extend(length.to_be_bytes());
    out.extend(&exif);
    out.extend(&jpeg[2..]);
    out
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|at| at == wanted)
}

#[test]
fn nothing_but_what_is_seen_is_left() {
    let sent = with_exif(&jpeg(900, 600), 1);
    assert!(contains(&sent, b"GPS39.9042N116") && contains(&sent, b"Exif"));
    let made = prepare(&sent).unwrap();
    let all = [&made.large_modern, &made.large_jpeg, &made.small_modern, &made.small_jpeg];
    for (n, file) in all.into_iter().enumerate() {
        for trace in [&b"GPS39.9042N116"[..], b"Exif", b"EXIF", b"ICC", b"http://ns.adobe"] {
            assert!(!contains(file, trace), "file {n} holds {}", String::from_utf8_lossy(trace));
        }
    }
    for (file, format) in [
        (&made.large_modern, ImageFormat::WebP),
        (&made.large_jpeg, ImageFormat::Jpeg),
        (&made.small_modern, ImageFormat::WebP),
        (&made.small_jpeg, ImageFormat::Jpeg),
    ] {
        assert_eq!(image::guess_format(file).unwrap(), format);
    }
}

#[test]
fn each_orientation_is_turned_upright() {
    // Where the red, green, blue and white quarters are to be seen; Exif 2.32, table 4.6.5, tag 274.
    let table: [(u8, [char; 4]); 8] = [
        (1, ['r', 'g', 'b', 'w']),
        (2, ['g', 'r', 'w', 'b']),
        (3, ['w', 'b', 'g', 'r']),
        (4, ['b', 'w', 'r', 'g']),
        (5, ['r', 'b', 'g', 'w']),
        (6, ['b', 'r', 'w', 'g']),
        (7, ['w', 'g', 'b', 'r']),
        (8, ['g', 'w', 'r', 'b']),
    ];
    let colour = |pixel: &Rgb<u8>| match pixel.0 {
        [r, g, b] if r > 180 && g > 180 && b > 180 => 'w',
        [r, g, b] if r > 150 && g < 100 && b < 100 => 'r',
        [r, g, b] if g > 130 && r < 100 && b < 100 => 'g',
        [r, g, b] if b > 150 && r < 100 && g < 100 => 'b',
        _ => '?',
    };
    for (orientation, expected) in table {
        let made = prepare(&with_exif(&jpeg(640, 320), orientation)).unwrap();
        let turned = orientation > 4;
        let size = if turned { (320, 640) } else { (640, 320) };
        assert_eq!((made.width, made.height), size, "orientation {orientation}");
        for file in [&made.large_jpeg, &made.small_modern] {
            let seen = image::load_from_memory(file).unwrap().to_rgb8();
            let (w, h) = (seen.width(), seen.height());
            let at = |x, y| colour(seen.get_pixel(w * x / 4, h * y / 4));
            let found = [at(1, 1), at(3, 1), at(1, 3), at(3, 3)];
            assert_eq!(found, expected, "orientation {orientation}");
        }
    }
}

#[test]
fn two_sizes_and_no_more_than_there_is() {
    for (width, height, large, small) in [
        (100, 80, (100, 80), (100, 80)),
        (480, 480, (480, 480), (480, 480)),
        (1_000, 500, (1_000, 500), (480, 240)),
        (2_000, 1_000, (1_600, 800), (480, 240)),
        (1_200, 4_000, (480, 1_600), (144, 480)),
        (5_000, 1, (1_600, 1), (480, 1)),
    ] {
        let made = prepare(&jpeg(width, height)).unwrap();
        assert_eq!((made.width, made.height), large, "{width} × {height}");
        let seen = image::load_from_memory(&made.small_jpeg).unwrap();
        assert_eq!((seen.width(), seen.height()), small, "{width} × {height}");
        let view = PhotoView {
            id: 1,
            alt: String::new(),
            width: made.width,
            height: made.height,
            large_modern: String::new(),
            large_jpeg: String::new(),
            small_modern: String::new(),
            small_jpeg: String::new(),
        };
        assert_eq!(view.small(), small, "{width} × {height}");
        assert!(made.width <= LARGE && small.0 <= SMALL);
    }
}

#[test]
fn what_one_can_see_through_lies_on_white() {
    let clear = RgbaImage::from_pixel(40, 40, Rgba([0, 0, 0, 0]));
    let made = prepare(&encoded(clear, ImageFormat::Png)).unwrap();
    let seen = image::load_from_memory(&made.large_jpeg).unwrap().to_rgb8();
    assert!(seen.get_pixel(20, 20).0.iter().all(|c| *c > 250), "{:?}", seen.get_pixel(20, 20));
}

/// A PNG that says it has such a size, with a head alone.
fn png_of(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([depth, colour, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&head);
    png.extend(crc(&head).to_be_bytes());
    // An empty IDAT, so that the decoder comes to the pixels.
    png.extend(b"\0\0\0\0IDAT");
    png.extend(crc(b"IDAT").to_be_bytes());
    png
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// A JPEG whose head says another size than it has, and perhaps that it is progressive.
fn jpeg_of(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut bytes = jpeg(16, 16);
    let at = bytes.windows(2).position(|at| at == [0xFF, 0xC0]).unwrap();
    bytes[at + 1] = if progressive { 0xC2 } else { 0xC0 };
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn what_cannot_be_taken_is_refused_before_it_is_decoded() {
    use PhotoProblem::{Broken, Bytes, Empty, Format, Heic, Pixels};
    let whole = jpeg(300, 200);
    let png = encoded(quarters(300, 200), ImageFormat::Png);
    let webp = prepare(&whole).unwrap().large_modern;
    let heic = |brand: &[u8]| [b"\0\0\0\x18ftyp", brand, b"\0\0\0\0mif1heic"].concat();
    let mut padded = whole.clone();
    padded.resize(20 << 20, 0);
    let mut too_long = padded.clone();
    too_long.push(0);
    let table: Vec<(&str, Vec<u8>, Option<PhotoProblem>)> = vec![
        ("JPEG", whole.clone(), None),
        ("PNG", png.clone(), None),
        ("WebP", webp.clone(), None),
        ("of 20 MB", padded, None),
        ("a byte more", too_long, Some(Bytes)),
        ("nothing", Vec::new(), Some(Empty)),
        ("HEIC", heic(b"heic"), Some(Heic)),
        ("HEIF", heic(b"mif1"), Some(Heic)),
        ("AVIF", heic(b"avif"), Some(Heic)),
        ("MP4", heic(b"isom"), Some(Format)),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0".to_vec(), Some(Format)),
        ("BMP", b"BM\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), Some(Format)),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Some(Format)),
        ("HTML", b"<!doctype html><script>alert(1)</script>".to_vec(), Some(Format)),
        ("a JPEG's first bytes", whole[..4].to_vec(), Some(Broken)),
        ("a PNG cut off", png[..png.len() / 2].to_vec(), Some(Broken)),
        ("a WebP cut off", webp[..webp.len() / 2].to_vec(), Some(Broken)),
        ("a PNG wider than is taken", png_of(12_001, 10, 8, 2), Some(Pixels)),
        ("a PNG higher than is taken", png_of(10, 12_001, 8, 2), Some(Pixels)),
        ("a bomb of 4 gigapixels", png_of(65_000, 65_000, 8, 6), Some(Pixels)),
        ("a bomb of the largest size", png_of(u32::MAX >> 1, u32::MAX >> 1, 16, 6), Some(Pixels)),
        ("more bytes a pixel than is taken", png_of(12_000, 12_000, 16, 6), Some(Pixels)),
        ("a JPEG wider than is taken", jpeg_of(12_001, 16, false), Some(Pixels)),
        ("a JPEG as large as it can say", jpeg_of(65_535, 65_535, false), Some(Pixels)),
        ("a progressive JPEG that asks for gigabytes", jpeg_of(9_000, 9_000, true), Some(Pixels)),
    ];
    for (what, bytes, expected) in table {
        assert_eq!(prepare(&bytes).err(), expected, "{what}");
    }
}

#[test]
fn a_jpeg_cut_off_is_no_panic_and_no_hang() {
    let whole = jpeg(300, 200);
    for length in (0..whole.len()).step_by(97) {
        // Some decoders show what is there, in grey below; either answer is right.
        match prepare(&whole[..length]) {
            Ok(made) => assert_eq!((made.width, made.height), (300, 200)),
            Err(problem) => assert!(
                matches!(
                    problem,
                    PhotoProblem::Empty | PhotoProblem::Broken | PhotoProblem::Format
                ),
                "{problem:?}"
            ),
        }
    }
}

async fn raised(hall: &Hall, world: &World) -> i64 {
    let form = ProposalForm {
        title: "西门路灯连坏三盏".to_owned(),
        situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
        suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
}

async fn id_of(hall: &Hall, number: i64) -> ProposalId {
    let row = proposal::Entity::find().filter(proposal::Column::Number.eq(number));
    ProposalId(row.one(hall.db.read()).await.unwrap().unwrap().id)
}

async fn drafted(hall: &Hall, actor: &Actor) -> DraftId {
    DraftId(draft_keep(hall, actor, None, &ProposalForm::default(), &[]).await.unwrap().id)
}

/// A photo that differs from all others.
async fn added(hall: &Hall, actor: &Actor, n: u32, home: PhotoHome) -> PhotoId {
    photo_add(hall, actor, jpeg(600, 300 + 20 * n), "灯杆", home).await.unwrap()
}

async fn row(hall: &Hall, id: PhotoId) -> photo::Model {
    photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn to_matter(hall: &Hall, draft: DraftId, matter: ProposalId) {
    let txn = hall.db.begin().await.unwrap();
    photos_to_matter_in_txn(&txn, draft, matter).await.unwrap();
    txn.commit().await.unwrap();
}

async fn sees(hall: &Hall, world: &World, actor: Option<&Actor>, hash: &str) -> Option<bool> {
    match photo_file(hall, world.community, actor, hash).await {
        Ok(file) => Some(file.public),
        Err(Error::NotFound) => None,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_drafts_photos_go_along_with_its_matter() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let (actor, other) = (&world.resident.actor, &world.neighbours[0].actor);
        let draft = drafted(hall, actor).await;
        let before = audit_since(hall, 0).await.len();
        let first = added(hall, actor, 1, PhotoHome::Draft(draft)).await;
        let second = added(hall, actor, 2, PhotoHome::Draft(draft)).await;
        photo_first(hall, actor, second).await.unwrap();
        photo_alt_change(hall, actor, first, "  三盏灯都不亮 ").await.unwrap();
        let there = photos_of_draft(hall, actor, draft).await.unwrap();
        let ids: Vec<_> = there.iter().map(|photo| photo.id).collect();
        assert_eq!(ids, [second.0, first.0], "{name}");
        assert_eq!(there[1].alt, "三盏灯都不亮", "{name}");
        assert!(photos_of_draft(hall, other, draft).await.unwrap().is_empty(), "{name}");
        assert_eq!(
            audit_since(hall, 0).await.len(),
            before,
            "{name}: a draft is nobody's business"
        );

        let file = row(hall, first).await.small_modern;
        assert_eq!(sees(hall, &world, Some(actor), &file).await, Some(false), "{name}");
        for nobody in [None, Some(other), Some(&world.committee_head.actor)] {
            assert_eq!(sees(hall, &world, nobody, &file).await, None, "{name}");
        }
        let matter = id_of(hall, raised(hall, &world).await).await;
        to_matter(hall, draft, matter).await;
        assert_eq!(sees(hall, &world, None, &file).await, Some(true), "{name}");
        let shown = photos_of(hall.db.read(), matter.0).await.unwrap();
        assert_eq!(shown.iter().map(|photo| photo.id).collect::<Vec<_>>(), ids, "{name}");

        // What everyone can see is recorded from now on, and never in words.
        photo_alt_change(hall, actor, first, "灯修好之前").await.unwrap();
        photo_remove(hall, actor, second).await.unwrap();
        let told = audit_since(hall, 0).await;
        let actions: Vec<_> = told[told.len() - 2..].iter().map(|entry| &*entry[0]).collect();
        assert_eq!(actions, ["photo_alt", "photo_remove"], "{name}");
        assert!(told.iter().all(|entry| !format!("{entry:?}").contains("灯修好")), "{name}");
        let refused = photo_remove(hall, other, first).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{name}");
    }
}

#[tokio::test]
async fn limits_of_numbers_and_of_owners() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let (actor, other) = (&world.resident.actor, &world.neighbours[0].actor);
        let draft = drafted(hall, actor).await;
        let home = PhotoHome::Draft(draft);
        for n in 0..6 {
            added(hall, actor, n, home).await;
        }
        let many = |max| {
            vec![FieldError {
                field: "photos",
                problem: Problem::Photo(PhotoProblem::TooMany { max }),
            }]
        };
        let seventh = photo_add(hall, actor, jpeg(90, 40), "", home).await;
        assert!(matches!(seventh, Err(Error::Invalid(told)) if told == many(6)), "{name}");
        let strange = photo_add(hall, other, jpeg(90, 40), "", home).await;
        assert!(matches!(strange, Err(Error::NotFound)), "{name}");
        let guest =
            photo_add(hall, &world.no_household.actor, jpeg(9, 9), "", PhotoHome::Loose).await;
        assert!(matches!(guest, Err(Error::Denied(_))), "{name}");
        // The head of the committee has no household, and writes posts all the same.
        added(hall, &world.committee_head.actor, 1, PhotoHome::Loose).await;
        let long = photo_add(hall, actor, jpeg(9, 9), &"长".repeat(101), PhotoHome::Loose).await;
        let wrong = |told: &[FieldError]| told.len() == 1 && told[0].field == "alt";
        assert!(matches!(long, Err(Error::Invalid(told)) if wrong(&told)), "{name}");
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0".to_vec();
        let refused = photo_add(hall, actor, heic, "", PhotoHome::Loose).await;
        assert!(
            matches!(refused, Err(Error::Invalid(told))
                if told[0].problem == Problem::Photo(PhotoProblem::Heic)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn so_many_an_hour() {
    let db = sqlite().await;
    let world = World::new(&db.hall).await;
    let actor = &world.resident.actor;
    // Refused ones count too: it is the server's work that is limited.
    for _ in 0..60 {
        let refused = photo_add(&db.hall, actor, b"no photo".to_vec(), "", PhotoHome::Loose).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    let next = photo_add(&db.hall, actor, jpeg(9, 9), "", PhotoHome::Loose).await;
    assert!(matches!(next, Err(Error::TooOften { operation: "photo", .. })));
}

#[tokio::test]
async fn a_post_takes_its_authors_loose_photos_alone() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let (actor, other) = (&world.resident.actor, &world.neighbours[0].actor);
        let number = raised(hall, &world).await;
        let mine = added(hall, actor, 1, PhotoHome::Loose).await;
        let second = added(hall, actor, 2, PhotoHome::Loose).await;
        let third = added(hall, actor, 3, PhotoHome::Loose).await;
        let theirs = added(hall, other, 4, PhotoHome::Loose).await;
        let drafts = added(hall, actor, 5, PhotoHome::Draft(drafted(hall, actor).await)).await;
        let said = PostForm {
            stance: "for".to_owned(),
            body: "我家也看到了，晚上确实黑。".to_owned(),
            ..PostForm::default()
        };
        let post = post_write(hall, actor, number, &said).await.unwrap();
        let attach = async |ids: &[PhotoId]| {
            let txn = hall.db.begin().await.unwrap();
            let taken = photos_to_post_in_txn(&txn, actor, ids, post).await;
            match &taken {
                Ok(_) => txn.commit().await.unwrap(),
                Err(_) => txn.rollback().await.unwrap(),
            }
            taken
        };
        let three = attach(&[mine, second, third]).await;
        assert!(matches!(three, Err(Error::Invalid(_))), "{name}");
        assert_eq!(attach(&[theirs, second, drafts, mine, mine]).await.unwrap(), 2, "{name}");
        let of = photos_of_posts(hall.db.read(), &[post.0, -1]).await.unwrap();
        let ids: Vec<_> = of[&post.0].iter().map(|photo| photo.id).collect();
        assert_eq!(ids, [second.0, mine.0], "{name}: in the order of the form");
        assert_eq!(row(hall, theirs).await.post_id, None, "{name}");
        assert!(row(hall, drafts).await.draft_id.is_some(), "{name}");
        let loose = photos_loose(hall, actor, &[third, mine, theirs]).await.unwrap();
        assert_eq!(loose.iter().map(|photo| photo.id).collect::<Vec<_>>(), [third.0], "{name}");
    }
}

/// Who looks, and whether the file is there for them: for everybody (`A`), for them (`T`), or not (`-`).
type Seen = [char; 5];

#[tokio::test]
async fn a_photo_is_seen_by_whoever_may_see_what_it_belongs_to() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let (author, writer) = (&world.resident.actor, &world.neighbours[0].actor);
        let number = raised(hall, &world).await;
        let matter = id_of(hall, number).await;
        let draft = drafted(hall, author).await;
        let of_matter = added(hall, author, 1, PhotoHome::Draft(draft)).await;
        to_matter(hall, draft, matter).await;
        let of_post = added(hall, writer, 2, PhotoHome::Loose).await;
        let said = PostForm {
            stance: "for".to_owned(),
            body: "我家也看到了，晚上确实黑。".to_owned(),
            ..PostForm::default()
        };
        let post = post_write(hall, writer, number, &said).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        photos_to_post_in_txn(&txn, writer, &[of_post], post).await.unwrap();
        txn.commit().await.unwrap();
        let files = [row(hall, of_matter).await.large_jpeg, row(hall, of_post).await.large_modern];
        let people = [
            None,
            Some(&world.neighbours[1].actor),
            Some(author),
            Some(writer),
            Some(&world.committee_member.actor),
        ];
        let now = async |what: &str, matters: Seen, posts: Seen| {
            for (file, expected) in files.iter().zip([matters, posts]) {
                for (person, expected) in people.into_iter().zip(expected) {
                    let found = match sees(hall, &world, person, file).await {
                        Some(true) => 'A',
                        Some(false) => 'T',
                        None => '-',
                    };
                    let who = person.map(|person| person.person.0);
                    assert_eq!(found, expected, "{name}: {what}, {who:?}");
                }
            }
        };
        let all = ['A'; 5];
        let none = ['-'; 5];
        now("shown", all, all).await;
        for (state, expected) in [
            ("waiting", ['-', '-', '-', 'T', 'T']),
            ("folded", ['-', '-', '-', 'T', 'T']),
            ("removed", none),
            ("declined", none),
            ("shown", all),
        ] {
            set_post(hall, post, state).await;
            now(state, all, expected).await;
        }
        set_photo(hall, of_post, Some(1)).await;
        now("the post's photo was taken down", all, none).await;
        set_photo(hall, of_post, None).await;
        set_matter(hall, matter, "submitted", None).await;
        // Not public yet: for its author, the committee and oversight alone, with all that was said.
        let hidden = ['-', '-', 'T', '-', 'T'];
        now("not public yet", hidden, hidden).await;
        set_matter(hall, matter, "withdrawn", None).await;
        now("withdrawn before it was public", hidden, hidden).await;
        set_matter(hall, matter, "cosigning", Some(1)).await;
        now("the matter's text was taken down, and the talk goes on", none, all).await;

        let elsewhere = photo_file(hall, world.stranger.actor.community, None, &files[0]).await;
        assert!(matches!(elsewhere, Err(Error::NotFound)), "{name}");
        for wrong in ["", "..", "%2e%2e", &files[0].to_uppercase(), &hash_of(b"nothing")] {
            assert_eq!(sees(hall, &world, Some(author), wrong).await, None, "{name}: {wrong}");
        }
    }
}

async fn set_post(hall: &Hall, id: PostId, state: &str) {
    let txn = hall.db.begin().await.unwrap();
    let set = post::Entity::update_many().col_expr(post::Column::State, Expr::value(state));
    set.filter(post::Column::Id.eq(id.0)).exec(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

async fn set_photo(hall: &Hall, id: PhotoId, hidden_at: Option<i64>) {
    let txn = hall.db.begin().await.unwrap();
    let set =
        photo::Entity::update_many().col_expr(photo::Column::HiddenAt, Expr::value(hidden_at));
    set.filter(photo::Column::Id.eq(id.0)).exec(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

async fn set_matter(hall: &Hall, id: ProposalId, state: &str, hidden_at: Option<i64>) {
    let txn = hall.db.begin().await.unwrap();
    proposal::Entity::update_many()
        .col_expr(proposal::Column::State, Expr::value(state))
        .col_expr(proposal::Column::PublishedAt, Expr::value(None::<i64>))
        .col_expr(proposal::Column::HiddenAt, Expr::value(hidden_at))
        .filter(proposal::Column::Id.eq(id.0))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn what_went_along_with_nothing_is_dropped_and_its_files_after_it() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let actor = &world.resident.actor;
        let loose = added(hall, actor, 1, PhotoHome::Loose).await;
        let kept = added(hall, actor, 2, PhotoHome::Draft(drafted(hall, actor).await)).await;
        let (gone, stays) = (row(hall, loose).await, row(hall, kept).await);
        db.clock.advance_ms(DAY_MS - MINUTE_MS);
        assert_eq!(photos_sweep(hall).await.unwrap(), 0, "{name}: within a day");
        assert_eq!(files_sweep(hall).await.unwrap(), 0, "{name}");
        db.clock.advance_ms(2 * MINUTE_MS);
        assert_eq!(photos_sweep(hall).await.unwrap(), 1, "{name}");
        assert_eq!(files_sweep(hall).await.unwrap(), 0, "{name}: a day is theirs");
        db.advance_days(1);
        assert_eq!(files_sweep(hall).await.unwrap(), 4, "{name}");
        for hash in [&gone.large_modern, &gone.large_jpeg, &gone.small_modern, &gone.small_jpeg] {
            assert_eq!(hall.files.get(hash).await.unwrap(), None, "{name}");
        }
        for hash in [&stays.large_modern, &stays.small_jpeg] {
            assert!(hall.files.get(hash).await.unwrap().is_some(), "{name}");
        }
        let notes = stored_file::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(notes, 4, "{name}");
        assert_eq!(files_sweep(hall).await.unwrap(), 0, "{name}: nothing is left to do");
    }
}

#[tokio::test]
async fn the_same_picture_twice_is_one_file_until_both_are_gone() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let (actor, other) = (&world.resident.actor, &world.neighbours[0].actor);
        let mine = added(hall, actor, 1, PhotoHome::Loose).await;
        let theirs = added(hall, other, 1, PhotoHome::Draft(drafted(hall, other).await)).await;
        let hash = row(hall, mine).await.large_jpeg;
        assert_eq!(row(hall, theirs).await.large_jpeg, hash, "{name}");
        photo_remove(hall, actor, mine).await.unwrap();
        db.advance_days(2);
        assert_eq!(files_sweep(hall).await.unwrap(), 0, "{name}");
        assert_eq!(sees(hall, &world, Some(other), &hash).await, Some(false), "{name}");
        assert_eq!(sees(hall, &world, Some(actor), &hash).await, None, "{name}");
        photo_remove(hall, other, theirs).await.unwrap();
        db.advance_days(2);
        assert_eq!(files_sweep(hall).await.unwrap(), 4, "{name}");
    }
}

/// A store that stops where files are deleted, and goes on when it is told to.
#[derive(Debug)]
struct Slow {
    within: Arc<dyn FileStore>,
    came: tokio::sync::Notify,
    go: tokio::sync::Notify,
}

#[async_trait]
impl FileStore for Slow {
    async fn put(&self, hash: &str, bytes: Vec<u8>) -> service::Result<()> {
        self.within.put(hash, bytes).await
    }

    async fn get(&self, hash: &str) -> service::Result<Option<Vec<u8>>> {
        self.within.get(hash).await
    }

    async fn delete(&self, hash: &str) -> service::Result<()> {
        self.came.notify_one();
        self.go.notified().await;
        self.within.delete(hash).await
    }
}

#[tokio::test]
async fn what_is_sent_again_while_it_is_deleted_is_there_afterwards() {
    for db in databases().await {
        let name = db.name;
        let mut hall = db.hall.clone();
        let (came, go) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
        let slow = Arc::new(Slow { within: hall.files.clone(), came, go });
        hall.files = slow.clone();
        let bytes = b"a file that nobody refers to".to_vec();
        let hash = file_keep(&hall, bytes.clone()).await.unwrap();
        db.advance_days(2);
        let sweeper = hall.clone();
        let sweep = tokio::spawn(async move { files_sweep(&sweeper).await });
        slow.came.notified().await;
        // It is going: nothing can refer to it, and another sweep leaves it alone.
        let other = db.second_hall().await;
        assert_eq!(files_sweep(&other).await.unwrap(), 0, "{name}");
        let again = tokio::spawn({
            let (hall, bytes) = (hall.clone(), bytes.clone());
            async move { file_keep(&hall, bytes).await }
        });
        slow.go.notify_one();
        assert_eq!(sweep.await.unwrap().unwrap(), 1, "{name}");
        assert_eq!(again.await.unwrap().unwrap(), hash, "{name}");
        assert_eq!(hall.files.get(&hash).await.unwrap(), Some(bytes), "{name}");
    }
}

#[tokio::test]
async fn what_a_stopped_server_left_half_deleted_is_deleted_later() {
    let db = sqlite().await;
    let hall = &db.hall;
    let hash = file_keep(hall, b"left".to_vec()).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    stored_file::Entity::update_many()
        .col_expr(stored_file::Column::GoingAt, Expr::value(hall.now().0))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    let stuck = file_keep(hall, b"left".to_vec()).await;
    assert!(matches!(stuck, Err(Error::Refused(Refusal::Stale))));
    assert_eq!(files_sweep(hall).await.unwrap(), 0);
    db.clock.advance_ms(HOUR_MS + MINUTE_MS);
    assert_eq!(files_sweep(hall).await.unwrap(), 1);
    assert_eq!(hall.files.get(&hash).await.unwrap(), None);
    assert_eq!(file_keep(hall, b"left".to_vec()).await.unwrap(), hash);
}

#[tokio::test]
async fn a_folder_keeps_files_under_their_hash() {
    let dir = tempfile::TempDir::new().unwrap();
    let place = dir.path().join("deep/files");
    let store = folder(&place).unwrap();
    let hash = hash_of(b"plan");
    assert_eq!(store.get(&hash).await.unwrap(), None);
    store.put(&hash, b"plan".to_vec()).await.unwrap();
    store.put(&hash, b"plan".to_vec()).await.unwrap();
    assert_eq!(std::fs::read(place.join(&hash[..2]).join(&hash)).unwrap(), b"plan");
    assert_eq!(folder(&place).unwrap().get(&hash).await.unwrap(), Some(b"plan".to_vec()));
    store.delete(&hash).await.unwrap();
    store.delete(&hash).await.unwrap();
    assert_eq!(store.get(&hash).await.unwrap(), None);
    for wrong in ["../escape", "/etc/passwd", "ab"] {
        assert!(store.put(wrong, Vec::new()).await.is_err(), "{wrong}");
        assert!(store.get(wrong).await.is_err(), "{wrong}");
    }
}
