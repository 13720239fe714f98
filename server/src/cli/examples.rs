//! Examples at the end of `--help`.

pub(super) const ALL: &str = "\
Examples:
  xiaoyuan serve --demo
      a made-up community at http://127.0.0.1:3000, with one-tap sign-in
  xiaoyuan person --database postgres://hall@db/hall --name zhou --nickname 周主任 \\
      --community 枣树湾社区 --subdistrict 柳荫街道 --district 槐安区
      the first committee member of a real instance
  xiaoyuan person --name chen --nickname 陈老师 --role council_member \\
      --courtyard 北柳小区 --entrance 4号楼2单元 --room 302
      a neighbour whose household the committee has verified
  xiaoyuan community add --name 槐安里社区 --subdistrict 柳荫街道 --district 槐安区 --slug huaianli
      another community on the same server, at /c/huaianli
  xiaoyuan serve --config /etc/xiaoyuan.toml
  xiaoyuan audit verify --database sqlite://data/xiaoyuan.sqlite3
  xiaoyuan tally counts.json
  xiaoyuan verify result.json --key 5f3c…";

pub(super) const SERVE: &str = "\
Examples:
  xiaoyuan serve --demo
      a made-up community at http://127.0.0.1:3000, on a SQLite file in data/
  xiaoyuan serve --config /etc/xiaoyuan.toml
  xiaoyuan serve --database postgres://hall@db/hall --addr 127.0.0.1:8080 \\
      --base-url https://hall.example
      behind a proxy that speaks TLS";

pub(super) const MIGRATE: &str = "\
Example:
  xiaoyuan migrate --database postgres://hall@db/hall";

pub(super) const DEMO: &str = "\
Example:
  xiaoyuan demo --database 'sqlite:///tmp/demo.sqlite3?mode=rwc'";

pub(super) const PERSON: &str = "\
Examples:
  xiaoyuan person --name zhou --nickname 周主任 \\
      --community 枣树湾社区 --subdistrict 柳荫街道 --district 槐安区
      founds the community; zhou heads its committee
  xiaoyuan person --name chen --nickname 陈老师 --role council_member \\
      --courtyard 北柳小区 --entrance 4号楼2单元 --room 302
  xiaoyuan person --name li --role resident --password-stdin < password.txt
  xiaoyuan person --name qian --community huaianli
      where there are several communities";

pub(super) const COMMUNITY_ADD: &str = "\
Example:
  xiaoyuan community add --name 槐安里社区 --subdistrict 柳荫街道 --district 槐安区 --slug huaianli
      founded 槐安里社区 (柳荫街道, 槐安区) at /c/huaianli";

pub(super) const COMMUNITY_LIST: &str = "\
Example:
  xiaoyuan community list --database postgres://hall@db/hall
      a line each: short name, name, place, address";

pub(super) const AUDIT_VERIFY: &str = "\
Example:
  xiaoyuan audit verify --database sqlite://data/xiaoyuan.sqlite3
      whole: 1024 entries, head 9b1f…";

pub(super) const SEARCH_REBUILD: &str = "\
Example:
  xiaoyuan search rebuild --database sqlite://data/xiaoyuan.sqlite3
      312 matters and 4096 posts can be found";

pub(super) const TALLY: &str = "\
The file is {\"kind\": KIND, …}; areas are whole numbers of 0.01 m². The kinds and their fields:
  council, residents, households, unanimous, straw:  members, yes, no, abstain
  representatives:  the same with committee and representatives (members may be left out)
  owners_ordinary, owners_special:  heads and area, each {\"total\", \"yes\", \"no\", \"abstain\"}
  project_selection:  quorum, voters, fund, projects: [{\"id\", \"cost\", \"approvals\"}]

Example:
  echo '{\"kind\": \"council\", \"members\": 9, \"yes\": 5, \"no\": 1, \"abstain\": 0}' > counts.json
  xiaoyuan tally counts.json
      {\"kind\":\"council\",\"participated\":6,\"quorum\":5,\"valid\":true,\"passed\":true}";

pub(super) const OPINIONS: &str = "\
Example:
  xiaoyuan opinions participants-votes.csv --voices 30
      {\"voices\":34,\"groups\":[18,16],\"others\":0,…}";

pub(super) const VERIFY: &str = "\
Examples:
  curl -o result.json https://hall.example/ballots/1/result.json
  xiaoyuan verify result.json
  xiaoyuan verify result.json --key 5f3c…
      also whether it was signed with the key that the committee gives out";

pub(super) const FACTOR_RESET: &str = "\
Example:
  xiaoyuan factor reset --name sunzhuren
      the head of the committee does the same for the others, on their page";

pub(super) const KEY_NEW: &str = "\
Example:
  xiaoyuan key new /etc/xiaoyuan/hall-2027.key";

pub(super) const KEY_CHANGE: &str = "\
Example:
  xiaoyuan key change --database postgres://hall@db/hall \\
      --new-key-file /etc/xiaoyuan/hall-2027.key
      with the servers stopped; the settings still name the old key";

pub(super) const PASSWORD_RESET: &str = "\
Example:
  xiaoyuan password reset --database postgres://hall@db/hall --name zhou";
