// The demo community with an entrance of our own in it, whose people come as an operator admits them: with
// `xiaoyuan person`. Only a demo can run ahead of the clock.

import { must } from "./server.mjs";

export const PASSWORD = "枣树下的石桌 1958";

/// Five households of a new entrance and one of another; the head of the committee lives elsewhere. Names that begin
/// with `demo-` are offered for one tap by `serve --demo`.
const PEOPLE = [
  { name: "zhou", nickname: "周书香" },
  { name: "demo-lan", nickname: "兰嫂子", role: "resident", entrance: "13号楼1单元", room: "101" },
  { name: "demo-chen", nickname: "程老师", role: "council_member", entrance: "13号楼1单元", room: "102" },
  { name: "demo-fang", nickname: "方小妹", role: "resident", entrance: "13号楼1单元", room: "201" },
  { name: "demo-ma", nickname: "马大姐子", role: "resident", entrance: "13号楼1单元", room: "202" },
  { name: "demo-gao", nickname: "高婶子", role: "resident", entrance: "13号楼1单元", room: "301" },
  { name: "demo-wu", nickname: "吴老弟", role: "resident", entrance: "13号楼2单元", room: "101" },
];

/// Fills an empty database.
export async function found(database) {
  await must(["demo", "--database", database]);
  for (const { name, nickname, role, entrance, room } of PEOPLE) {
    const place = entrance ? ["--role", role, "--courtyard", "北柳小区", "--entrance", entrance, "--room", room] : [];
    const who = ["--name", name, "--nickname", nickname, "--community", "zaoshuwan", "--password-stdin"];
    await must(["person", "--database", database, ...who, ...place], { input: `${PASSWORD}\n` });
  }
}
