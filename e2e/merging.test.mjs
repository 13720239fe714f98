// Two matters that say the same become one: asked by the committee, agreed to by the proposer, with a household that
// stays away, and undone again. On both databases, with scripts and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, shot } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { act, leads, open, press, says, tapOn, unfold } from "./lib/hands.mjs";
import { tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

const WHY = "两件说的是同一盏灯，并到一起办。";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [kind, scripts] of [["SQLite", true], ["PostgreSQL", false]]) {
  test(`merging on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
    const database = await freshDatabase(kind);
    const story = new Story(browser, database, { scripts });
    const page = (name) => story.page(name);
    let from, into;
    const look = async (name, number) => {
      await open(page(name), `/proposals/${number}`);
      return page(name);
    };
    const says_ = async (name, number, text) => says(await look(name, number), text);
    try {
      await story.begin();
      await tell(t, [
        ["two matters that say the same, each with its supporters", async () => {
          await story.raise();
          from = story.number;
          await open(page("ma"), "/proposals/new");
          await story.fillIn(page("ma"), "十三号楼门洞里装个感应灯", "门洞里晚上漆黑，看不见台阶，摔过人。", "门洞里装一盏感应灯，人来就亮，人走就灭。");
          into = await story.submit(page("ma"));
          await act(page("zhou"), into, "publish");
          for (const name of ["fang", "gao"]) await story.cosignOn(await look(name, from));
          await story.cosignOn(await look("ma", into));
        }],
        ["the committee sees what it would do, and asks", async () => {
          const zhou = page("zhou");
          await open(zhou, `/desk/${from}`);
          const form = zhou.locator("details#merge");
          await unfold(form);
          await form.locator("#merge-into").fill(String(into));
          await press(zhou, form.locator("form button"));
          await says(zhou, "这一件的附议有 2 户会跟过去");
          await zhou.fill("#reason", WHY);
          await shot(zhou, `merging-${story.label}-ask`);
          await press(zhou, "提议合并");
          await says_("visitor", from, `居委会提议把这件事并到第 ${into} 号`);
          await says_("visitor", into, `提议把第 ${from} 号并进来`);
        }],
        ["one household stays away, in one tap", async () => {
          const gao = await look("gao", from);
          await press(gao, "我家不跟过去");
          await says(gao, "您家不跟过去，附议留在这一件上");
        }],
        ["the proposer agrees", async () => {
          const lan = await look("lan", from);
          await says(lan, WHY);
          await shot(lan, `merging-${story.label}-answer`);
          await press(lan, "同意合并");
          await says(lan, `已并入第 ${into} 号`);
          await says_("visitor", into, "已有 2 户附议，要 3 户");
          const visitor = page("visitor");
          await tapOn(visitor.locator("section", { has: visitor.locator("#merged-in") }).getByRole("link"));
          await visitor.waitForURL(`**/proposals/${from}`);
          await says_("fang", into, `您家附议了第 ${from} 号`);
        }],
        ["it is undone, and everything is as it was", async () => {
          const lan = await look("lan", from);
          await leads(lan, () => tapOn(lan.getByRole("link", { name: "撤销合并" })));
          await lan.fill("#reason", "两盏灯不在一处，还是分开办。");
          await press(lan, "撤销合并");
          await says_("visitor", from, "已有 2 户附议，要 3 户");
          await says_("visitor", into, "已有 1 户附议，要 3 户");
          await says(page("visitor"), `第 ${from} 号又分出去了`);
          assert.equal(await page("visitor").locator("#merged-in").count(), 0);
        }],
      ]);
    } finally {
      await story.end().finally(() => database.drop());
    }
  });
}
