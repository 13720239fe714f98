//! Plans of the community and its courtyards, and pins on them; on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Cursor;

use domain::ids::PlanId;
use domain::permission::Denied;
use domain::text::TextError;
use entities::plan;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use sea_orm::EntityTrait;
use service::photo::{PhotoProblem, photo_file};
use service::plans::{PlanForm, plan_draw, plan_end, plans};
use service::proposal::{ProposalForm, proposal_submit};
use service::store::files_sweep;
use service::testing::{World, audit_since, databases};
use service::views::matter::matter_view;
use service::{Error, FieldError, Problem, Refusal};

fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, Rgb([shade; 3]));
    DynamicImage::from(picture).write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

fn form(name: &str, courtyard: &dyn ToString, shade: u8) -> PlanForm {
    PlanForm {
        name: name.to_owned(),
        courtyard_id: courtyard.to_string(),
        bytes: png(800, 500, shade),
    }
}

#[tokio::test]
async fn a_plan_is_put_up_pointed_at_and_ended() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let whole = plan_draw(hall, head, form("枣树湾全图", &"", 1)).await.unwrap();
        let yard = form("北柳小区", &world.courtyards[0], 2);
        let yard = plan_draw(hall, &world.committee_member.actor, yard).await.unwrap();
        let shown = plans(hall, world.community).await.unwrap();
        let ids: Vec<_> = shown.iter().map(|plan| (plan.id, plan.courtyard_id)).collect();
        assert_eq!(ids, [(whole.0, None), (yard.0, Some(world.courtyards[0].0))], "{name}");
        assert_eq!((shown[1].width, shown[1].height), (800, 500), "{name}");

        let pinned = ProposalForm {
            title: "西门路灯连坏三盏".to_owned(),
            situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
            suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
            category: "lighting_roads".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            plan_id: yard.to_string(),
            pin_x: "2500".to_owned(),
            pin_y: "10000".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(hall, &world.resident.actor, &pinned).await.unwrap();
        plan_end(hall, head, yard).await.unwrap();
        let again = plan_end(hall, head, yard).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Stale))), "{name}");
        let left = plans(hall, world.community).await.unwrap();
        assert_eq!(left.iter().map(|plan| plan.id).collect::<Vec<_>>(), [whole.0], "{name}");

        // A pin that was set stays, with its plan and the plan's files.
        db.advance_days(3);
        assert_eq!(files_sweep(hall).await.unwrap(), 0, "{name}");
        let view = matter_view(hall, world.community, None, number, None).await;
        let pin = view.unwrap().pin.unwrap();
        assert_eq!((pin.plan.id, pin.x, pin.y), (yard.0, 2_500, 10_000), "{name}");
        let hash = &pin.plan.large_jpeg;
        let file = photo_file(hall, world.community, None, hash).await.unwrap();
        assert!(file.public && file.kind == "image/jpeg", "{name}");
        let elsewhere = photo_file(hall, world.stranger.actor.community, None, hash).await;
        assert!(matches!(elsewhere, Err(Error::NotFound)), "{name}");

        let told = audit_since(hall, 0).await;
        let told: Vec<_> = told.iter().map(|entry| entry[0].as_str()).collect();
        assert!(told.contains(&"plan_draw") && told.contains(&"plan_end"), "{name}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_plan() {
    for db in databases().await {
        let (hall, name) = (&db.hall, db.name);
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let strange = world.stranger.actor.home.unwrap().courtyard;
        let short = Problem::Text(TextError::TooShort { len: 1, min: 2 });
        let no_file = PlanForm { bytes: Vec::new(), ..form("全图", &"", 1) };
        let broken = PlanForm { bytes: b"nothing".to_vec(), ..form("全图", &"", 1) };
        for (what, typed, expected) in [
            ("a name too short", form("图", &"", 1), vec![("name", short)]),
            (
                "another community's",
                form("全图", &strange, 1),
                vec![("courtyard_id", Problem::Unknown)],
            ),
            ("no number", form("全图", &"x", 1), vec![("courtyard_id", Problem::Unknown)]),
            ("no file", no_file, vec![("file", Problem::Choose)]),
            ("no picture", broken, vec![("file", Problem::Photo(PhotoProblem::Format))]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(field, problem)| FieldError { field, problem })
                .collect();
            let refused = plan_draw(hall, head, typed).await;
            assert!(
                matches!(&refused, Err(Error::Invalid(told)) if *told == expected),
                "{name}: {what}: {refused:?}"
            );
        }
        assert!(plan::Entity::find().all(hall.db.read()).await.unwrap().is_empty(), "{name}");
        for other in [&world.resident, &world.oversight, &world.council_member] {
            let refused = plan_draw(hall, &other.actor, form("全图", &"", 1)).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{name}");
        }
        let mine = plan_draw(hall, head, form("全图", &"", 1)).await.unwrap();
        let theirs = plan_end(hall, &world.stranger.actor, mine).await;
        assert!(matches!(theirs, Err(Error::Denied(Denied::NeedsRole))), "{name}: {theirs:?}");
        let none = plan_end(hall, head, PlanId(999)).await;
        assert!(matches!(none, Err(Error::NotFound)), "{name}");
    }
}
