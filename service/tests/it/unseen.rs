//! What nobody has looked at is let through by nobody, and what is gone stays gone for everybody: on both
//! databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{PhotoId, PostId, RemovalId};
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::time::DAY_MS;
use domain::version::TextRefusal;
use entities::{mention_name, photo, post, post_edit, stored_file};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::civil::{
    Kept, ReportDecision, appeal_decide, appeal_file, case_view, desk_reports, post_decline,
    post_release, removal_make, removed_look, report_decide, report_file,
};
use service::close::account_close;
use service::cosign::cosign_add;
use service::desk::{AcceptForm, CheckForm, matter_accept, matter_check, matter_publish};
use service::merge::{merge_ask, merge_check, merge_offer};
use service::opinion::{StatementForm, statement_write};
use service::own::{OwnNames, names_set};
use service::photo::{
    PhotoHome, photo_add, photo_alt_change, photo_bytes, photo_file, photo_remove, photos_of_posts,
};
use service::post::{EditForm, PostForm, post_edit as change, post_withdraw, post_write};
use service::proposal::{ProposalForm, proposal_send, proposal_submit};
use service::testing::{PASSWORD, Plan, TestDb, World, databases};
use service::text::{TextForm, text_change, text_own};
use service::views::desk::desk_matter;
use service::views::home::home_view;
use service::views::matter::{PostSaid, PostView, matter_view, post_page};
use service::views::record::{Hand, record};
use service::{Error, Hall, Problem, Refusal};

const WHY: &str = "理由写得足够清楚";

fn typed(body: &str) -> PostForm {
    PostForm { stance: "for".to_owned(), body: body.to_owned(), ..PostForm::default() }
}

fn other(body: &str) -> EditForm {
    EditForm { stance: "for".to_owned(), body: body.to_owned(), ..EditForm::default() }
}

fn form(world: &World, title: &str) -> ProposalForm {
    ProposalForm {
        title: title.to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn stage(db: &TestDb, settings: CommunitySettings) -> (World, i64) {
    let settings =
        CommunitySettings { moderation: Moderation::After, turn_posts: 1_000, ..settings };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let number = proposal_submit(&db.hall, &world.resident.actor, &form(&world, "给孩子建个沙池"))
        .await
        .unwrap();
    (world, number)
}

fn before() -> CommunitySettings {
    CommunitySettings { talk_moderation: TalkModeration::Before, ..CommunitySettings::default() }
}

async fn seen(hall: &Hall, actor: &Actor, number: i64, post: Option<PostId>) -> String {
    case_view(hall, actor, number, post).await.unwrap().seen
}

async fn release(hall: &Hall, actor: &Actor, number: i64, id: PostId) {
    let seen = seen(hall, actor, number, Some(id)).await;
    post_release(hall, actor, number, id, &seen).await.unwrap();
}

async fn decline(hall: &Hall, actor: &Actor, number: i64, id: PostId) -> RemovalId {
    let seen = seen(hall, actor, number, Some(id)).await;
    post_decline(hall, actor, number, id, &seen, "attack", WHY).await.unwrap()
}

async fn row(hall: &Hall, id: PostId) -> post::Model {
    post::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

/// A post as somebody sees it in the talk, under its parent where it replies.
async fn shown(
    hall: &Hall,
    world: &World,
    actor: Option<&Actor>,
    number: i64,
    id: PostId,
) -> Option<PostView> {
    let view = matter_view(hall, world.community, actor, number, None).await.unwrap();
    let all = view.talk.posts.into_iter().flat_map(|mut post| {
        let replies = std::mem::take(&mut post.replies);
        std::iter::once(post).chain(replies)
    });
    all.into_iter().find(|post| post.id == id.0)
}

fn png(seed: u8) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 ^ seed, y as u8, seed]));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

async fn photo_row(hall: &Hall, id: PhotoId) -> Option<photo::Model> {
    photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn nobody_publishes_an_unchecked_matter_by_merging_it() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let into = proposal_submit(hall, &world.neighbours[0].actor, &form(&world, "车道边跑得慌"))
            .await
            .unwrap();
        matter_publish(hall, member, into, WHY).await.unwrap();
        let number = proposal_submit(hall, author, &form(&world, "给孩子建个沙池")).await.unwrap();
        let look = || matter_view(hall, world.community, Some(author), number, None);
        assert!(!look().await.unwrap().merging.may_offer, "{}", db.name);
        let into = into.to_string();
        for given in [
            merge_offer(hall, author, number, &into, WHY).await,
            merge_check(hall, author, number, &into, domain::permission::Action::ProposalOwn)
                .await
                .map(|_| ()),
        ] {
            assert!(matches!(refused(given), Refusal::Transition(_)), "{}", db.name);
        }
        let nobody = matter_view(hall, world.community, None, number, None).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{}", db.name);
        // The committee, which checks, asks all the same.
        merge_ask(hall, member, number, &into, WHY).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_decided_on_is_what_was_read() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let id = post_write(hall, author, number, &typed("好好说的话")).await.unwrap();
        let read = seen(hall, member, number, Some(id)).await;
        change(hall, author, number, id, &other("说得太难听的原话")).await.unwrap();
        for given in [
            post_release(hall, member, number, id, &read).await,
            post_release(hall, member, number, id, "").await,
            post_decline(hall, member, number, id, &read, "attack", WHY).await.map(|_| ()),
        ] {
            assert_eq!(refused(given), Refusal::Stale, "{}", db.name);
        }
        assert_eq!(row(hall, id).await.state, "waiting", "{}", db.name);
        release(hall, member, number, id).await;

        // The same with a change of what is shown.
        change(hall, author, number, id, &other("改得好好的")).await.unwrap();
        let read = seen(hall, member, number, Some(id)).await;
        change(hall, author, number, id, &other("改得太难听")).await.unwrap();
        let late = post_release(hall, member, number, id, &read).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        assert_eq!(row(hall, id).await.body, "说得太难听的原话", "{}", db.name);
        release(hall, member, number, id).await;
        assert_eq!(row(hall, id).await.body, "改得太难听", "{}", db.name);
    }
}

#[tokio::test]
async fn an_answer_to_reports_is_about_the_text_that_was_read() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let id = post_write(hall, author, number, &typed("好好说的话")).await.unwrap();
        let neighbour = &world.neighbours[0].actor;
        report_file(hall, neighbour, number, Some(id), "attack", "").await.unwrap();
        let read = seen(hall, member, number, Some(id)).await;
        change(hall, author, number, id, &other("说得太难听的原话")).await.unwrap();
        let stays = ReportDecision::Dismissed { answer: "没有骂人，讲得有道理" };
        let late = report_decide(hall, member, number, Some(id), &read, stays).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        let read = seen(hall, member, number, Some(id)).await;
        report_decide(hall, member, number, Some(id), &read, stays).await.unwrap();

        report_file(hall, neighbour, number, None, "false", "").await.unwrap();
        let read = seen(hall, member, number, None).await;
        let late = report_decide(hall, member, number, None, "", stays).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        report_decide(hall, member, number, None, &read, stays).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_taken_back_is_not_said_to_be_taken_down() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        // A change of it was declined, for a reason that is the author's to read.
        let one = post_write(hall, author, number, &typed("头一句话")).await.unwrap();
        release(hall, member, number, one).await;
        change(hall, author, number, one, &other("改坏了的话")).await.unwrap();
        decline(hall, member, number, one).await;
        post_withdraw(hall, author, number, one).await.unwrap();
        // It was taken down, wrongly, and put back.
        let two = post_write(hall, author, number, &typed("第二句话")).await.unwrap();
        release(hall, member, number, two).await;
        let gone = removal_make(hall, member, number, Some(two), "attack", WHY).await.unwrap();
        appeal_file(hall, author, gone, WHY).await.unwrap();
        appeal_decide(hall, head, gone, "restored", "没有骂人的意思").await.unwrap();
        post_withdraw(hall, author, number, two).await.unwrap();
        for id in [one, two] {
            for actor in [None, Some(author), Some(member)] {
                let said = shown(hall, &world, actor, number, id).await.unwrap().said;
                assert!(matches!(said, PostSaid::Withdrawn { .. }), "{}: {said:?}", db.name);
            }
        }
        // Taken down again after an appeal, it says the last reason.
        let three = post_write(hall, author, number, &typed("第三句话")).await.unwrap();
        release(hall, member, number, three).await;
        let gone = removal_make(hall, member, number, Some(three), "attack", WHY).await.unwrap();
        appeal_file(hall, author, gone, WHY).await.unwrap();
        appeal_decide(hall, head, gone, "restored", "没有骂人的意思").await.unwrap();
        removal_make(hall, head, number, Some(three), "advert", "原来是广告").await.unwrap();
        let said = shown(hall, &world, None, number, three).await.unwrap().said;
        let right = matches!(&said, PostSaid::Removed { reason, .. } if reason == "原来是广告");
        assert!(right, "{}: {said:?}", db.name);
    }
}

#[tokio::test]
async fn the_desk_is_not_told_who_wrote_a_statement() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let hall = &db.hall;
        let body =
            StatementForm { body: "沙池要有盖子".to_owned(), ..StatementForm::default() };
        statement_write(hall, &world.resident.actor, number, &body).await.unwrap();
        for who in [&world.committee_member, &world.oversight] {
            let lines = record(hall, Some(&who.actor), None, None).await.unwrap().lines;
            let written: Vec<_> =
                lines.iter().filter(|line| line.action == "statement_write").collect();
            assert_eq!(written.len(), 1, "{}", db.name);
            assert_eq!(written[0].hand, Hand::Neighbour, "{}", db.name);
        }
    }
}

#[tokio::test]
async fn a_closed_accounts_name_is_covered_in_former_and_sealed_texts_too() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let called = &world.neighbours[0];
        post_write(hall, &called.actor, number, &typed("我也说一句")).await.unwrap();
        // Named once, and no more.
        let past = post_write(hall, author, number, &typed("@邻居1 说得不对")).await.unwrap();
        change(hall, author, number, past, &other("说得不对")).await.unwrap();
        // Named by a name that they had.
        let old = post_write(hall, author, number, &typed("＠邻居1 早上好")).await.unwrap();
        let names = OwnNames {
            nickname: "石榴花".to_owned(),
            shown_as: "nickname".to_owned(),
            ..OwnNames::default()
        };
        names_set(hall, &called.actor, &names).await.unwrap();
        // Taken down, and put back afterwards.
        let down = post_write(hall, author, number, &typed("@石榴花 你走开")).await.unwrap();
        let gone = removal_make(hall, member, number, Some(down), "attack", WHY).await.unwrap();
        appeal_file(hall, author, gone, WHY).await.unwrap();

        account_close(hall, &called.actor, PASSWORD).await.unwrap();
        let looked = removed_look(hall, head, gone).await.unwrap();
        let Kept::Post(kept) = looked.kept else { panic!() };
        assert_eq!(kept.body, "@*** 你走开", "{}", db.name);
        appeal_decide(hall, head, gone, "restored", "没有骂人的意思").await.unwrap();
        assert_eq!(row(hall, down).await.body, "@*** 你走开", "{}", db.name);
        assert_eq!(row(hall, old).await.body, "＠*** 早上好", "{}", db.name);
        let edits = post_edit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(edits.iter().any(|edit| edit.body == "@*** 说得不对"), "{}", db.name);
        let texts = format!("{edits:?}");
        assert!(!texts.contains("邻居1") && !texts.contains("石榴花"), "{}", db.name);
        let left = mention_name::Entity::find()
            .filter(mention_name::Column::PersonId.eq(called.actor.person.0))
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!(left, 0, "{}", db.name);
        let page = post_page(hall, world.community, None, number, past.0, None).await.unwrap();
        assert!(!format!("{page:?}").contains("邻居1"), "{}", db.name);
    }
}

#[tokio::test]
async fn what_is_said_about_a_photo_goes_the_way_of_every_text() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let add = |seed, alt| photo_add(hall, author, png(seed), alt, PhotoHome::Loose);
        let id = add(1, "打13812345678找我").await.unwrap();
        assert_eq!(photo_row(hall, id).await.unwrap().alt, "打●●●找我", "{}", db.name);
        photo_alt_change(hall, author, id, "3号楼2单元501的窗").await.unwrap();
        assert_eq!(photo_row(hall, id).await.unwrap().alt, "3号楼2单元●●●的窗", "{}", db.name);

        let with = PostForm { photos: id.to_string(), ..typed("窗子破了") };
        let post = post_write(hall, author, number, &with).await.unwrap();
        // While it waits it can be said better; who looks sees another text then.
        let read = seen(hall, member, number, Some(post)).await;
        photo_alt_change(hall, author, id, "破了的窗").await.unwrap();
        let late = post_release(hall, member, number, post, &read).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        release(hall, member, number, post).await;
        let late = photo_alt_change(hall, author, id, "骂人的话").await;
        assert_eq!(refused(late), Refusal::Text(TextRefusal::Closed), "{}", db.name);
        assert_eq!(photo_row(hall, id).await.unwrap().alt, "破了的窗", "{}", db.name);
    }
}

#[tokio::test]
async fn a_reported_photo_stays_until_somebody_has_looked() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let add = |seed| photo_add(hall, author, png(seed), "", PhotoHome::Loose);
        let (id, free) = (add(1).await.unwrap(), add(2).await.unwrap());
        let with = |id: PhotoId| PostForm { photos: id.to_string(), ..typed("看这张照片") };
        let post = post_write(hall, author, number, &with(id)).await.unwrap();
        post_write(hall, author, number, &with(free)).await.unwrap();
        report_file(hall, &world.neighbours[0].actor, number, Some(post), "private", "")
            .await
            .unwrap();
        for given in [
            photo_remove(hall, author, id).await,
            photo_alt_change(hall, author, id, "没什么").await,
        ] {
            assert_eq!(refused(given), Refusal::Reported, "{}", db.name);
        }
        // A form that says the same again changes nothing.
        photo_alt_change(hall, author, id, "").await.unwrap();
        for neighbour in &world.neighbours[1..3] {
            report_file(hall, &neighbour.actor, number, Some(post), "private", "").await.unwrap();
        }
        assert_eq!(row(hall, post).await.state, "folded", "{}", db.name);
        let given = photo_remove(hall, author, id).await;
        assert_eq!(refused(given), Refusal::Reported, "{}", db.name);
        assert!(photo_row(hall, id).await.is_some(), "{}", db.name);
        photo_remove(hall, author, free).await.unwrap();

        // A matter's: while its text is reported, and once it has gone on.
        let own = add(3).await.unwrap();
        let form = form(&world, "沙池旁边装盏灯");
        let number = proposal_send(hall, author, &form, None, &[own]).await.unwrap();
        report_file(hall, &world.neighbours[0].actor, number, None, "private", "").await.unwrap();
        let given = photo_remove(hall, author, own).await;
        assert_eq!(refused(given), Refusal::Reported, "{}", db.name);
        let member = &world.committee_member.actor;
        let stays = ReportDecision::Dismissed { answer: "照片里没有别人" };
        let read = seen(hall, member, number, None).await;
        report_decide(hall, member, number, None, &read, stays).await.unwrap();
        matter_accept(hall, member, number, &AcceptForm { reason: WHY.to_owned() }).await.unwrap();
        let given = photo_remove(hall, author, own).await;
        assert_eq!(refused(given), Refusal::Text(TextRefusal::Closed), "{}", db.name);
    }
}

#[tokio::test]
async fn with_a_post_its_photos_go_for_good() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let id = photo_add(hall, author, png(1), "家门口", PhotoHome::Loose).await.unwrap();
        let with = PostForm { photos: id.to_string(), ..typed("看这张照片") };
        let post = post_write(hall, author, number, &with).await.unwrap();
        let file = photos_of_posts(hall.db.read(), &[post.0]).await.unwrap()[&post.0][0].clone();
        let seen = photo_file(hall, world.community, None, &file.large_jpeg).await.unwrap();
        assert!(seen.public && !seen.lasting, "{}", db.name);
        assert!(!photo_bytes(hall, &file.large_jpeg).await.unwrap().is_empty(), "{}", db.name);
        post_withdraw(hall, author, number, post).await.unwrap();
        assert_eq!(photo_row(hall, id).await, None, "{}", db.name);
        db.clock.advance_ms(2 * DAY_MS);
        service::store::files_sweep(hall).await.unwrap();
        service::store::files_sweep(hall).await.unwrap();
        let left = stored_file::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(left, 0, "{}", db.name);
    }
}

#[tokio::test]
async fn an_appeal_ends_with_its_post() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let id = post_write(hall, author, number, &typed("好好说的话")).await.unwrap();
        release(hall, member, number, id).await;
        change(hall, author, number, id, &other("改过的话")).await.unwrap();
        let gone = decline(hall, member, number, id).await;
        appeal_file(hall, author, gone, WHY).await.unwrap();
        post_withdraw(hall, author, number, id).await.unwrap();
        assert!(desk_reports(hall, head).await.unwrap().appeals.is_empty(), "{}", db.name);
        for given in [
            appeal_decide(hall, head, gone, "restored", WHY).await.map(|_| ()),
            appeal_file(hall, author, gone, WHY).await,
        ] {
            assert_eq!(refused(given), Refusal::Stale, "{}", db.name);
        }

        // Taken down meanwhile, a change of it can't be taken: said so, without a failure.
        let id = post_write(hall, author, number, &typed("另一句话")).await.unwrap();
        release(hall, member, number, id).await;
        change(hall, author, number, id, &other("另一句改过的话")).await.unwrap();
        let gone = decline(hall, member, number, id).await;
        appeal_file(hall, author, gone, WHY).await.unwrap();
        removal_make(hall, member, number, Some(id), "attack", WHY).await.unwrap();
        let late = appeal_decide(hall, head, gone, "restored", WHY).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        appeal_decide(hall, head, gone, "upheld", WHY).await.unwrap();
    }
}

#[tokio::test]
async fn a_waiting_post_leaves_no_place_behind() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let top = post_write(hall, member, number, &typed("委员先说")).await.unwrap();
        let reply = |body: &str| PostForm { parent: top.to_string(), ..typed(body) };
        let back = post_write(hall, author, number, &reply("我收回的话")).await.unwrap();
        let down = post_write(hall, author, number, &reply("被收起的话")).await.unwrap();
        for n in 0..4 {
            let said = format!("第{n}句回复");
            post_write(hall, member, number, &reply(&said)).await.unwrap();
        }
        post_withdraw(hall, author, number, back).await.unwrap();
        removal_make(hall, member, number, Some(down), "attack", WHY).await.unwrap();
        let other = &world.neighbours[0].actor;
        for actor in [None, Some(other)] {
            for id in [back, down] {
                assert!(shown(hall, &world, actor, number, id).await.is_none(), "{}", db.name);
            }
        }
        let own =
            post_page(hall, world.community, Some(author), number, back.0, None).await.unwrap();
        let own = own.post.replies.into_iter().find(|it| it.id == back.0).unwrap();
        let line = matches!(&own.said, PostSaid::Declined { reason } if reason.is_empty());
        assert!(line, "{}: {:?}", db.name, own.said);
        for actor in [None, Some(author), Some(member)] {
            let top = shown_with_replies(hall, &world, actor, number, top).await;
            let counted = top.replies.iter().filter(|it| it.id != back.0 && it.id != down.0);
            let sum = i64::try_from(counted.count()).unwrap() + top.more_replies;
            assert_eq!(sum, 4, "{}: four replies are there", db.name);
        }
    }
}

async fn shown_with_replies(
    hall: &Hall,
    world: &World,
    actor: Option<&Actor>,
    number: i64,
    id: PostId,
) -> PostView {
    let view = matter_view(hall, world.community, actor, number, None).await.unwrap();
    view.talk.posts.into_iter().find(|post| post.id == id.0).unwrap()
}

#[tokio::test]
async fn going_back_to_what_is_shown_takes_the_change_back() {
    for db in databases().await {
        let (world, number) = stage(&db, before()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let id = post_write(hall, author, number, &typed("好好说的话")).await.unwrap();
        release(hall, member, number, id).await;
        change(hall, author, number, id, &other("一时气话")).await.unwrap();
        change(hall, author, number, id, &other("好好说的话")).await.unwrap();
        assert!(desk_reports(hall, member).await.unwrap().waiting.is_empty(), "{}", db.name);
        let read = seen(hall, member, number, Some(id)).await;
        let late = post_release(hall, member, number, id, &read).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        assert_eq!(row(hall, id).await.body, "好好说的话", "{}", db.name);
    }
}

#[tokio::test]
async fn what_was_taken_down_as_a_picture_is_judged_as_one() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let id = photo_add(hall, author, png(1), "家门口", PhotoHome::Loose).await.unwrap();
        let file = photo_row(hall, id).await.unwrap().large_jpeg;
        let with = PostForm { photos: id.to_string(), ..typed("看这张照片") };
        let post = post_write(hall, author, number, &with).await.unwrap();
        let member = &world.committee_member.actor;
        let gone = removal_make(hall, member, number, Some(post), "private", WHY).await.unwrap();
        let nobody = photo_file(hall, world.community, Some(author), &file).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{}", db.name);
        appeal_file(hall, author, gone, WHY).await.unwrap();
        for who in [&world.committee_head, &world.oversight] {
            let looked = removed_look(hall, &who.actor, gone).await.unwrap();
            assert_eq!(looked.photos.len(), 1, "{}", db.name);
            assert_eq!(looked.photos[0].alt, "家门口", "{}", db.name);
            assert_eq!(looked.photos[0].jpeg, photo_bytes(hall, &file).await.unwrap());
            assert!(looked.photos[0].data_url().starts_with("data:image/jpeg;base64,/9j/"));
        }
    }
}

#[tokio::test]
async fn what_is_published_is_the_text_that_was_checked() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let number = proposal_submit(hall, author, &form(&world, "给孩子建个沙池")).await.unwrap();
        let read = desk_matter(hall, Some(member), number).await.unwrap().text_version;
        let base = text_own(hall, author, number).await.unwrap().form;
        let other = TextForm { title: "骂人的题目在这里".to_owned(), ..base };
        text_change(hall, author, number, &other).await.unwrap();
        let check = |seen: i64| CheckForm {
            act: "publish".to_owned(),
            reason: WHY.to_owned(),
            seen: seen.to_string(),
            ..CheckForm::default()
        };
        let late = matter_check(hall, member, number, &check(read)).await;
        assert_eq!(refused(late), Refusal::Stale, "{}", db.name);
        let read = desk_matter(hall, Some(member), number).await.unwrap().text_version;
        matter_check(hall, member, number, &check(read)).await.unwrap();
    }
}

#[tokio::test]
async fn a_watched_word_beside_a_photo_asks_once() {
    for db in databases().await {
        let settings = CommunitySettings {
            watch_words: vec!["滚".to_owned()],
            ..CommunitySettings::default()
        };
        let (world, number) = stage(&db, settings).await;
        let (hall, author) = (&db.hall, &world.resident.actor);
        let asked = |given: Error| {
            let Error::Invalid(told) = given else { panic!("{given}") };
            assert_eq!((told[0].field, told[0].problem), ("alt", Problem::WatchedWords));
        };
        let id = photo_add(hall, author, png(1), "滚出去", PhotoHome::Loose).await.unwrap();
        let with = PostForm { photos: id.to_string(), ..typed("看这张照片") };
        asked(post_write(hall, author, number, &with).await.unwrap_err());
        let anyway = PostForm { anyway: "1".to_owned(), ..with };
        post_write(hall, author, number, &anyway).await.unwrap();
        let id = photo_add(hall, author, png(2), "滚出去", PhotoHome::Loose).await.unwrap();
        let form = form(&world, "沙池旁边装盏灯");
        asked(proposal_send(hall, author, &form, None, &[id]).await.unwrap_err());
        let form = ProposalForm { anyway: true, ..form };
        proposal_send(hall, author, &form, None, &[id]).await.unwrap();
    }
}

/// Nobody is asked to stand behind a text that nobody can read, nor can anybody.
#[tokio::test]
async fn a_removed_text_asks_nobody_for_a_co_sign() {
    for db in databases().await {
        let hall = &db.hall;
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (neighbour, member) = (&world.neighbours[1], &world.committee_member.actor);
        let offered = async || {
            let home = home_view(hall, world.community, Some(neighbour)).await.unwrap();
            let offered = home.waiting.unwrap().cosigns.iter().any(|row| row.number == number);
            let actor = Some(&neighbour.actor);
            let view = matter_view(hall, world.community, actor, number, None).await.unwrap();
            (offered, view.mine.may.cosign)
        };
        assert_eq!(offered().await, (true, true), "{}", db.name);
        let gone = removal_make(hall, member, number, None, "attack", WHY).await.unwrap();
        assert_eq!(offered().await, (false, false), "{}", db.name);
        let refused = cosign_add(hall, &neighbour.actor, number).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::TextRemoved))), "{}", db.name);

        appeal_file(hall, &world.resident.actor, gone, "这里没有骂谁，请再看一看。").await.unwrap();
        let head = &world.committee_head.actor;
        appeal_decide(hall, head, gone, "restored", "看过了，放回去。").await.unwrap();
        assert_eq!(offered().await, (true, true), "{}", db.name);
        cosign_add(hall, &neighbour.actor, number).await.unwrap();
    }
}
