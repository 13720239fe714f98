// A small community, made as an operator makes one: with `xiaoyuan person`.

import { must } from "./server.mjs";

export const PASSWORD = "枣树下的石桌 1958";

/// Five households of one entrance and one of another; the head of the committee lives elsewhere. Names that begin
/// with `demo-` are offered for one tap by `serve --demo`.
const PEOPLE = [
  { name: "zhou", nickname: "周主任" },
  { name: "demo-lan", nickname: "桂兰阿姨", role: "resident", entrance: "3号楼1单元", room: "101" },
  { name: "demo-chen", nickname: "陈老师", role: "council_member", entrance: "3号楼1单元", room: "102" },
  { name: "demo-fang", nickname: "小方", role: "resident", entrance: "3号楼1单元", room: "201" },
  { name: "demo-ma", nickname: "马师傅", role: "resident", entrance: "3号楼1单元", room: "202" },
  { name: "demo-gao", nickname: "高奶奶", role: "resident", entrance: "3号楼1单元", room: "301" },
  { name: "demo-wu", nickname: "吴大哥", role: "resident", entrance: "5号楼2单元", room: "101" },
];

/// Fills an empty database.
export async function found(database) {
  for (const { name, nickname, role, entrance, room } of PEOPLE) {
    const place = entrance ? ["--role", role, "--courtyard", "北柳小区", "--entrance", entrance, "--room", room] : [];
    const community = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    const who = ["--name", name, "--nickname", nickname, "--password-stdin"];
    await must(["person", "--database", database, ...who, ...place, ...community], { input: `${PASSWORD}\n` });
  }
}
