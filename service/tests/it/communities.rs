//! The list of a server's communities and its sums, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use domain::proposal::{DecidedBy, Step, Verdict};
use domain::route::Route;
use domain::settings::CommunitySettings;
use service::matter::{self, By, Said};
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::community_found;
use service::testing::{TestDb, World, databases};
use service::views::communities::{MatterSums, communities};

async fn raised(db: &TestDb, world: &World, steps: Vec<Step>) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
    for step in steps {
        let txn = db.hall.db.begin().await.unwrap();
        let row = matter::by_number(&txn, world.community, number).await.unwrap();
        let by = By::Person(&world.committee_head.actor);
        matter::advance_in_txn(&db.hall, &txn, row, step, by, Said::reason("测试里走一步"))
            .await
            .unwrap();
        txn.commit().await.unwrap();
    }
    number
}

#[tokio::test]
async fn sums_are_over_public_matters_in_the_order_of_founding() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::with_first_check(hall).await;
        let far = CommunitySettings::default();
        community_found(hall, "河沿社区", "河沿街道", "槐安区", Some("heyan"), &far).await.unwrap();
        community_found(hall, "柳荫社区", "柳荫街道", "槐安区", None, &far).await.unwrap();

        let until = || hall.now().plus_days(30);
        let publish = || Step::Publish { needed: 10, until: until() };
        let accept = || Step::Accept { threshold_met: true };
        let decide = |verdict| Step::Decide { verdict, by: DecidedBy::Committee };
        let refer = || Step::Refer { route: Route::PropertyParty };
        let adopted = || vec![publish(), accept(), decide(Verdict::Adopted)];
        let with = |mut steps: Vec<Step>, more: Vec<Step>| {
            steps.extend(more);
            steps
        };
        // Done in the year before.
        let done = with(adopted(), vec![refer(), Step::Complete]);
        raised(&db, &world, done.clone()).await;
        db.advance_days(306);
        raised(&db, &world, Vec::new()).await;
        raised(&db, &world, vec![publish()]).await;
        raised(&db, &world, vec![publish(), accept()]).await;
        raised(&db, &world, vec![publish(), accept(), Step::Deliberate]).await;
        raised(&db, &world, vec![publish(), accept(), decide(Verdict::NotAdopted)]).await;
        raised(&db, &world, adopted()).await;
        db.advance_days(1);
        raised(&db, &world, with(adopted(), vec![refer()])).await;
        raised(&db, &world, done).await;

        let found = communities(hall).await.unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|it| {
                let inside = it.communities.iter().map(|it| (it.name.as_str(), it.prefix.as_str()));
                (it.name.as_str(), inside.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            names,
            [
                (
                    "柳荫街道",
                    vec![("枣树湾社区", ""), ("槐安里社区", "/c/huaianli"), ("柳荫社区", "/c/c4")]
                ),
                ("河沿街道", vec![("河沿社区", "/c/heyan")]),
            ],
            "{}",
            db.name
        );
        let sums = MatterSums { talking: 3, doing: 2, done: 1, overdue: 0 };
        assert_eq!(found[0].communities[0].sums, sums, "{}", db.name);
        assert_eq!(found[0].communities[1].sums, MatterSums::default(), "{}", db.name);
        assert_eq!(found[0].sums, sums, "{}: the street's sum is that of its communities", db.name);

        // Answer, session and work are owed by the committee; co-signers owe nothing.
        db.advance_days(60);
        let later = communities(hall).await.unwrap();
        assert_eq!(later[0].sums, MatterSums { overdue: 4, ..sums }, "{}", db.name);
    }
}
