//! Similar matters: twenty that were put twice in different words are found among sixty others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::category::Category;
use domain::ids::CourtyardId;
use entities::proposal;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use service::proposal::{ProposalForm, proposal_submit};
use service::search::{SimilarTo, search_rebuild, similar, similar_to_matter};
use service::testing::{TestDb, World, databases};

/// Category, the matter that is there, its text, and the same put otherwise with the other's text.
type Pair = (Category, &'static str, &'static str, &'static str, &'static str);

const PAIRS: [Pair; 20] = [
    (
        Category::Parking,
        "夜间错峰停车试一试",
        "白天对面单位有空车位，晚上小区车停到消防通道上。和对面单位商量夜里借车位。",
        "晚上没处停车，能不能借对面的车位",
        "下班回来转三圈找不到地方，对面单位的院子夜里是空的。",
    ),
    (
        Category::Lift,
        "5号楼2单元加装电梯",
        "六楼三位老人下楼困难，买菜要歇三回。请组织业主商量装电梯。",
        "想给5号楼装一部电梯",
        "我妈住六楼，膝盖不好，已经半年没下过楼了。",
    ),
    (
        Category::Waste,
        "垃圾桶站离窗户太近",
        "夏天味道大，一楼不敢开窗，清运车早上五点就来。把桶站挪远一点。",
        "一楼窗户外面的垃圾桶能不能挪走",
        "桶就在我家窗根底下，苍蝇多，味道受不了。",
    ),
    (
        Category::Corridor,
        "3号楼楼道堆物清一清",
        "楼道里堆着旧家具和纸箱，走道只剩半边，着火了跑不出去。约个日子一起清。",
        "楼道里全是旧家具，过不去人",
        "三楼拐角堆了柜子和纸箱，轮椅推不过去。",
    ),
    (
        Category::Greening,
        "裸土变成小花园",
        "楼前一片裸土，刮风一身灰，下雨一脚泥。种上花草，大家认养。",
        "楼前那片裸土种点花吧",
        "一刮风全是灰，孩子踩一脚泥回家。",
    ),
    (
        Category::Ageing,
        "7号院台阶加扶手",
        "院门口五级台阶没有扶手，冬天结冰，去年摔过两位老人。两边装上扶手。",
        "院门口的台阶太滑，老人扶不住",
        "没有扶手，下雪天不敢出门。",
    ),
    (
        Category::ChargingFire,
        "建一个电动车充电棚",
        "电线从楼上甩下来充电，下雨天冒过火星。找个空地建带棚的充电桩。",
        "飞线充电太危险，要有充电的棚子",
        "好几家从窗户往下甩电线给电动车充电。",
    ),
    (
        Category::Dogs,
        "文明养犬写进公约",
        "遛狗不牵绳，草地上狗粪没人管。写进公约，备好拾便袋。",
        "遛狗不牵绳，狗粪没人捡",
        "孩子在草地上踩了一脚，大狗扑人。",
    ),
    (
        Category::PublicSpace,
        "划一块公共晾衣区",
        "被子晒在健身器材上，树上也拉绳。南墙根装几排晾衣杆。",
        "晾衣服没地方，健身器材上全是被子",
        "出太阳就抢器材晒被子，锻炼的人没法用。",
    ),
    (
        Category::LightingRoads,
        "西门路灯连坏三盏",
        "从西门到3号楼一路黑，晚上接孩子看不清路。请修好三盏灯。",
        "西门进来那段路灯都不亮",
        "晚自习回来一路摸黑。",
    ),
    (
        Category::Noise,
        "广场舞音量约个时间",
        "每天晚上七点到九点半音响很大，孩子写不了作业。约定时间和音量。",
        "跳广场舞的音响太吵了",
        "孩子做作业静不下心，窗户关着都听得见。",
    ),
    (
        Category::Services,
        "单元门口装快递柜",
        "快递放在门口常常丢，老人拿不动。在单元门口装一组快递柜。",
        "快递总丢，想要个快递柜",
        "这个月丢了两件，问谁都说不知道。",
    ),
    (
        Category::Services,
        "老年餐桌周末不停灶",
        "周末食堂不开，独居老人吃不上热饭。周末轮班开灶。",
        "周末老人吃饭没着落，食堂开门吧",
        "平时在社区食堂吃，周六周日只能啃馒头。",
    ),
    (
        Category::OverheadLines,
        "架空线像蜘蛛网一样",
        "楼间电线光缆缠在一起，低的地方伸手够得着。理一理，没用的剪掉。",
        "楼之间的电线光缆乱成一团",
        "搬家的车都挂到过，低得碰头。",
    ),
    (
        Category::CultureChildren,
        "给孩子建个沙池",
        "小区没有孩子玩的地方，放学都在车道边跑。南边拆几个车位改沙池。",
        "孩子没地方玩，能不能弄个沙坑",
        "放了学在车道边上跑，看着就害怕。",
    ),
    (
        Category::LightingRoads,
        "西门坑洼积水",
        "下雨西门口一汪水，要绕到马路上走。把坑填平，疏通下水口。",
        "一下雨西门就积水过不去",
        "鞋都湿了，老人只能绕远路。",
    ),
    (
        Category::Toilets,
        "公厕夜灯和扶手",
        "公厕晚上没灯，蹲位没扶手，老人起不来。装感应灯和扶手。",
        "公共厕所晚上黑，蹲下起不来",
        "没有灯也没有扶手，上年纪的人不敢去。",
    ),
    (
        Category::Property,
        "物业费账目要公开",
        "三年没见过物业的收支明细，公共收益不知道去了哪里。每季度贴一次账。",
        "物业的钱花到哪儿了，请把账贴出来",
        "电梯广告的收益从来没公布过。",
    ),
    (
        Category::Ageing,
        "楼门口修一条轮椅坡道",
        "门口三级台阶，轮椅上不去，每次要两个人抬。修一条缓坡。",
        "轮椅进不了楼门，修个坡吧",
        "我爸坐轮椅，进出都要邻居来抬。",
    ),
    (
        Category::ChargingFire,
        "消防通道常被车堵死",
        "消防通道白天晚上都停着车，上次救护车进不来。划线，装可升降的桩。",
        "救护车进不来，消防通道停满了车",
        "前天夜里120在门口等了十分钟。",
    ),
];

/// Others: half of them speak of the same things in another way, so that a single word is not enough.
const OTHERS: [&str; 60] = [
    "停车位重新划线编号",
    "访客停车按小时收费",
    "停车场入口装减速带",
    "自行车停车架坏了换新的",
    "残疾人停车位被占用",
    "电梯里贴的广告太多",
    "电梯维修要提前通知",
    "电梯里装个扶手凳",
    "电梯年检结果贴出来",
    "电梯按键不灵敏",
    "垃圾分类积分换礼品不如多清运",
    "大件垃圾约个日子收",
    "厨余垃圾桶盖坏了",
    "垃圾清运时间提前通知",
    "旧衣回收箱满了没人收",
    "楼道灯换成声控的",
    "楼道墙面重新刷一遍",
    "楼道窗户关不严漏风",
    "楼道里贴小广告",
    "楼道扶手松动",
    "花园里的喷头坏了",
    "花坛边沿破损绊人",
    "杨树飞絮太厉害",
    "草坪浇水时间改一改",
    "树枝挡住二楼窗户",
    "健身器材螺丝松了",
    "健身器材旁边加几把长椅",
    "活动室周末开放半天",
    "棋牌桌边上搭个凉棚",
    "公告栏玻璃碎了",
    "东门门禁卡刷不开",
    "东门口摊贩占道",
    "北门夜里几点关门",
    "门卫室装一个监控屏",
    "门口石墩间距太窄",
    "路面沥青补一补",
    "路口视线被灌木挡住",
    "人行道地砖松动溅水",
    "井盖响一夜睡不着",
    "路牌字太小看不清",
    "装修噪声中午停一停",
    "楼上空调外机震动",
    "早市喇叭太早",
    "水泵房半夜嗡嗡响",
    "狗叫到半夜没人管",
    "办一场邻里百家宴",
    "儿童图书角换新书",
    "假期托管班有没有",
    "老照片展览征集",
    "春节写对联活动",
    "物业报修电话打不通",
    "物业服务评价怎么做",
    "保洁一周几次写清楚",
    "消防栓箱锁着打不开",
    "灭火器过期换新",
    "充电桩收费太高",
    "充电桩线太短够不着",
    "高空抛物装摄像头",
    "信报箱锁坏了一排",
    "自来水发黄要检测",
];

async fn fill(db: &TestDb, world: &World) {
    let form = ProposalForm {
        title: "第一件先占个位置".to_owned(),
        situation: "这是一件和别的都没有关系的事。".to_owned(),
        suggestion: "请大家看一看再说怎么办。".to_owned(),
        category: "other".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
    let like = proposal::Entity::find().one(db.hall.db.read()).await.unwrap().unwrap();
    let txn = db.hall.db.begin().await.unwrap();
    let mut number = 100;
    let mut make = |title: &str, text: &str, category: Category| {
        number += 1;
        let mut made = like.clone().into_active_model();
        made.id = sea_orm::NotSet;
        made.number = Set(Some(number));
        made.title = Set(title.to_owned());
        made.situation = Set(text.to_owned());
        made.category = Set(category.as_str().to_owned());
        made
    };
    for (category, title, text, ..) in PAIRS {
        make(title, text, category).insert(&txn).await.unwrap();
    }
    for (n, title) in OTHERS.into_iter().enumerate() {
        // Their categories are those of the pairs in turn: the category alone leads nowhere.
        let category = PAIRS[n % PAIRS.len()].0;
        make(title, "住在这里的人都知道，说了很久没有动静。", category).insert(&txn).await.unwrap();
    }
    txn.commit().await.unwrap();
    search_rebuild(&db.hall).await.unwrap();
}

#[tokio::test]
async fn the_same_in_other_words_is_the_first_hit() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        fill(&db, &world).await;
        let mut missed = Vec::new();
        for (category, title, _, again, text) in PAIRS {
            // While the title is typed nothing else is known; later text, category and place are.
            let typed = SimilarTo { title: again.to_owned(), ..SimilarTo::default() };
            let whole = SimilarTo {
                text: text.to_owned(),
                category: Some(category),
                courtyard: Some(world.courtyards[0]),
                ..typed.clone()
            };
            for (how, to) in [("title", typed), ("whole", whole)] {
                let found = similar(&db.hall, world.community, &to).await.unwrap();
                assert!(found.len() <= 5);
                if found.first().map(|first| first.title.as_str()) != Some(title) {
                    let found: Vec<_> =
                        found.into_iter().map(|found| (found.title, found.score)).collect();
                    missed.push(format!("{how}: {again} → {found:?}, not {title}"));
                }
            }
        }
        assert!(missed.is_empty(), "{}: {missed:#?}", db.name);
    }
}

#[tokio::test]
async fn what_is_like_nothing_finds_nothing() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        fill(&db, &world).await;
        for title in ["", "停", "？？？？？", "请社区开办法律咨询日", "冬季供暖温度不达标"]
        {
            let to = SimilarTo {
                title: title.to_owned(),
                category: Some(Category::Parking),
                courtyard: Some(world.courtyards[0]),
                ..SimilarTo::default()
            };
            let found = similar(&db.hall, world.community, &to).await.unwrap();
            assert_eq!(found, [], "{}: {title}", db.name);
        }
        // A matter isn't like itself, and another community has none.
        let of = similar_to_matter(&db.hall, world.community, 101).await.unwrap();
        assert!(of.iter().all(|found| found.number != 101), "{}", db.name);
        let to = SimilarTo { title: PAIRS[0].1.to_owned(), ..SimilarTo::default() };
        let other = world.stranger.actor.community;
        assert_eq!(similar(&db.hall, other, &to).await.unwrap(), [], "{}", db.name);
        let to = SimilarTo { courtyard: Some(CourtyardId(999)), ..to };
        assert_eq!(similar(&db.hall, world.community, &to).await.unwrap()[0].number, 101);
    }
}
