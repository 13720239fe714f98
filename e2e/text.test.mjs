// The text that people signed: edited after two co-signs, kept by one household and left by another, and a small
// correction that three households find to be none. On both databases, with scripts and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, shot } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { choose, leads, open, press, says, tapOn } from "./lib/hands.mjs";
import { tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

const BEFORE = "门口墙上加一盏感应灯，夜里十点以后调暗，不照窗户。";
const CHANGED = "门口和拐角各加一盏感应灯，夜里十点以后调暗，不照窗户。";
const CORRECTED = "门口和拐角各加一盏感应灯，夜里十点以后调暗，费用各家分摊。";
const WHY = "拐角也黑，电工说两盏一起装不多花工钱。";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [kind, scripts] of [["SQLite", true], ["PostgreSQL", false]]) {
  test(`a text that changes on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
    const database = await freshDatabase(kind);
    const story = new Story(browser, database, { scripts });
    const page = (name) => story.page(name);
    const keep = (it) => it.locator('form[action$="/text/keep"] button');
    const contest = (it) => it.locator('form[action$="/contest"] button');

    const follow = (it, link) => leads(it, () => tapOn(it.getByRole("link", { name: link })));
    /// The author opens the form from the matter's page.
    const edit = async () => {
      const lan = await story.look("lan");
      await follow(lan, "修改题目和内容");
      if (scripts) await lan.locator("html[data-alive]").waitFor();
      return lan;
    };

    try {
      await story.begin();
      await tell(t, [
        ["a matter that two households signed", async () => {
          await story.raise();
          for (const name of ["fang", "ma"]) await story.cosignOn(await story.look(name));
          await says(await story.look("visitor"), "已有 2 户附议，要 3 户");
          assert.equal(await page("visitor").getByRole("link", { name: "看看改了什么" }).count(), 0);
        }],
        ["its author sees what would change, and says which kind it is", async () => {
          const lan = await edit();
          await says(lan, "已经有 2 户附议");
          assert.equal(await lan.inputValue("#suggestion"), BEFORE);
          await lan.fill("#suggestion", CHANGED);
          await press(lan, "看看改了什么");
          const box = lan.locator("#look");
          assert.ok((await box.locator("ins").allInnerTexts()).join("").includes("拐角"), "what is new is marked");
          assert.equal(await lan.inputValue("#suggestion"), CHANGED, "what was typed stays");
          await shot(lan, `text-${story.label}-look`);
          await says(await story.look("visitor"), BEFORE);

          const again = await leads(lan, () => tapOn(lan.getByRole("button", { name: "交上改动", exact: true })));
          assert.equal(again.status(), 422, "which kind it is has to be said");
          assert.equal(await lan.inputValue("#suggestion"), CHANGED);
          await lan.locator('.error-summary a[href="#said"]').waitFor();
          await choose(lan, "said", "change");
          await lan.fill("#note", WHY);
          await press(lan, "交上改动");
          await says(lan, "改好了");
        }],
        ["none counts until it says so: one keeps, one leaves", async () => {
          const visitor = await story.look("visitor");
          await says(visitor, CHANGED);
          await says(visitor, "已有 0 户附议，要 3 户");
          const fang = page("fang");
          await open(fang, "/");
          await tapOn(fang.locator(".waiting-item", { hasText: "您家还支持吗" }).getByRole("link"));
          await says(fang, "这件事改了，您家还支持吗？");
          await says(fang, WHY);
          assert.ok((await fang.locator("del, ins").count()) > 0, "the household sees what changed");
          await shot(fang, `text-${story.label}-asked`);
          await press(fang, keep(fang));
          await says(fang, "您家已经附议");
          const ma = await story.look("ma");
          await press(ma, ma.locator('form[action$="/text/leave"] button'));
          assert.equal(await keep(await story.look("ma")).count(), 0);
          await says(await story.look("visitor"), "已有 1 户附议，要 3 户");
        }],
        ["anybody reads each version, and what it changed", async () => {
          const visitor = await story.look("visitor");
          await follow(visitor, "看看改了什么");
          assert.ok((await visitor.locator("del").count()) + (await visitor.locator("ins").count()) > 0);
          await says(visitor, WHY);
          await shot(visitor, `text-${story.label}-version`);
          await follow(visitor, "第 1 版");
          await says(visitor, BEFORE);
          assert.equal(await visitor.locator("del, ins").count(), 0);
          await follow(visitor, "改过的每一版");
          await says(visitor, "改的时候有 2 户附议");
        }],
        ["three households find that a small correction is none", async () => {
          for (const name of ["gao", "chen"]) await story.cosignOn(await story.look(name));
          await says(await story.look("visitor"), "等居委会答复");
          const lan = await edit();
          await lan.fill("#suggestion", CORRECTED);
          await choose(lan, "said", "correction");
          await lan.fill("#note", "补一句钱怎么出，别的没有变。");
          await press(lan, "交上改动");
          for (const [name, count] of [["fang", 1], ["gao", 2]]) {
            const it = await story.look(name);
            await press(it, contest(it));
            await says(it, `已经有 ${count} 户这么说`);
          }
          const chen = await story.look("chen");
          await shot(chen, `text-${story.label}-contest`);
          await press(chen, contest(chen));
          await says(chen, "这件事改了，您家还支持吗？");
          const gao = await story.look("gao");
          await press(gao, keep(gao));
          const visitor = await story.look("visitor");
          await says(visitor, "等居委会答复");
          assert.equal(await keep(visitor).count(), 0);
          await follow(visitor, "第 3 版");
          await says(visitor, "有 3 户说这不是小改动");
        }],
        ["the audit chain is whole, and no page complained", () => story.clean()],
      ]);
    } finally {
      await story.end().finally(() => database.drop());
    }
  });
}
