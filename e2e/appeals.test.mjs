// Keeping the talk civil: three households report, the committee removes with a reason, the author reads who, when
// and why and appeals, and somebody else decides. What is gone is gone everywhere. On both databases, with scripts
// and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person, shot } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { choose, leads, open, press, says, tap, tapOn, unfold, words } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

/// What is said, and a part of it that no page repeats by itself.
const TEXT = "物业的人都是吃白饭的，一个都信不过。";
const PART = "一个都信不过";
const WHY = "把所有人都骂了，请说是哪一件事。";
const APPEAL = "我说的是上个月修灯拖了三周，不是骂人。";
const DECISION = "说的是具体的事，话重了些，放回去。";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [kind, scripts] of [["SQLite", true], ["PostgreSQL", false]]) {
  test(`removing and appealing on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
    const database = await freshDatabase(kind);
    const story = new Story(browser, database, { scripts });
    const page = (name) => story.page(name);
    const look = (name) => story.look(name);
    const post = (page, text) =>
      page.locator(".post-body", { hasText: text }).first().locator("xpath=ancestor::article[1]");
    let id;
    const good = async (page, what) => {
      const faults = [...(await overflow(page)), ...(await smallTargets(page, 44))];
      faults.push(...(await accessibility(page)));
      assert.deepEqual(faults, [], what);
      await shot(page, `appeals-${story.label}-${what}`);
    };
    /// Addresses on which neighbours come across what is said.
    const places = () => {
      const matter = `/proposals/${story.number}`;
      const search = `/search?q=${encodeURIComponent("吃白饭")}`;
      return ["/", "/proposals", search, matter, `${matter}?order=balance`, `${matter}?quote=${id}`, `${matter}/posts/${id}`];
    };
    /// Where it can still be read, of all places.
    const found = async (name) => {
      const where = [];
      for (const address of places()) {
        const answer = await page(name).goto(address);
        const text = (await answer.text()) + (await page(name).locator("html").innerText());
        if (text.includes(PART)) where.push(address);
      }
      return where;
    };
    /// The first number of the stream: how many posts are shown.
    const live = async () => {
      const stop = new AbortController();
      const answer = await fetch(`${story.servers[0].url}/proposals/${story.number}/live`, { signal: stop.signal });
      const { value } = await answer.body.getReader().read();
      stop.abort();
      return new TextDecoder().decode(value).trim();
    };
    const others = [];
    /// Somebody of the demo at a window of their own.
    const somebody = async (nickname) => {
      const who = await person(browser, { base: story.servers[0].url, scripts });
      others.push(who);
      await tap(who.page, nickname);
      return who.page;
    };
    try {
      await story.begin();
      await tell(t, [
        ["something hurtful is said, quoted and found", async () => {
          await story.raise();
          const lan = await look("lan");
          await story.say(lan, "against", TEXT);
          id = Number(new URL(lan.url()).hash.match(/\d+$/)[0]);
          const chen = await look("chen");
          await leads(chen, () => tapOn(post(chen, TEXT).getByRole("link", { name: "引用" })));
          await story.say(chen, "addition", "请说是哪一件事。");
          const everywhere = await found("visitor");
          assert.equal(everywhere.length, places().length - 2, `in the talk and in the search: ${everywhere}`);
          assert.equal(await live(), "data: 2");
        }],
        ["three households report it, and it is folded", async () => {
          for (const [n, name] of ["fang", "ma", "gao"].entries()) {
            const page = await look(name);
            await leads(page, () => tapOn(post(page, TEXT).getByRole("link", { name: "反映" })));
            await says(page, TEXT);
            if (n === 0) {
              // Without a reason it comes back with what was written.
              await page.fill("#words", "话太难听");
              const back = await leads(page, () => tapOn(page.getByRole("button", { name: "交给居委会" })));
              assert.equal(back.status(), 422);
              assert.equal(await page.inputValue("#words"), "话太难听");
              await good(page, "report");
            }
            await choose(page, "kind", "attack");
            await press(page, "交给居委会");
            if (n < 2) await post(await look("visitor"), TEXT).waitFor();
          }
          await says(await look("visitor"), "3 户邻居反映了这一条，先折起来");
          assert.deepEqual(await found("visitor"), []);
          assert.deepEqual(await found("wu"), []);
          assert.equal(await live(), "data: 1");
          await says(await look("visitor"), "引用的话已经看不到了");
          // Its author still reads it.
          const lan = await look("lan");
          await unfold(lan.locator("details", { hasText: "只有您看得到" }));
          await says(lan, TEXT);
        }],
        ["the committee removes it, with a reason", async () => {
          const zhou = page("zhou");
          await open(zhou, "/desk/reports");
          await says(zhou, "已折起");
          await leads(zhou, () => tapOn(zhou.locator(`a[href="/desk/reports/${story.number}/${id}"]`)));
          await says(zhou, TEXT);
          await says(zhou, "话太难听");
          for (const name of ["方小妹", "马大姐子", "高婶子"]) {
            assert.ok(!(await words(zhou)).includes(name), `nobody learns that ${name} reported it`);
          }
          await good(zhou, "case");
          const form = zhou.locator("form", { has: zhou.locator('[name="kind"]') });
          await choose(form, "kind", "attack");
          await form.locator('[name="reason"]').fill(WHY);
          await press(zhou, "移除", form);
          const visitor = await look("visitor");
          await says(visitor, WHY);
          await says(visitor, "这一条移除了：骂人、攻击人");
          await good(visitor, "removed");
        }],
        ["it is gone everywhere, for everybody", async () => {
          for (const name of ["visitor", "fang", "lan", "zhou"]) assert.deepEqual(await found(name), [], name);
          assert.equal(await live(), "data: 1");
          for (const name of ["fang", "gao"]) {
            await open(page(name), "/me/reports");
            await says(page(name), WHY);
          }
        }],
        ["its author reads who, when and why, and appeals", async () => {
          const lan = await look("lan");
          await leads(lan, () => tapOn(lan.locator(`#post-${id}`).getByRole("link", { name: "申诉" })));
          for (const text of ["周书香", WHY, "骂人、攻击人"]) await says(lan, text);
          assert.equal(await lan.locator("main time").count() > 0, true, "when");
          await unfold(lan.locator("details.more", { has: lan.locator('[name="words"]') }));
          await lan.locator('[name="words"]').fill("短");
          const back = await leads(lan, () => tapOn(lan.getByRole("button", { name: "交上申诉" })));
          assert.equal(back.status(), 422);
          assert.equal(await lan.locator('[name="words"]').inputValue(), "短");
          await good(lan, "own");
          await lan.locator('[name="words"]').fill(APPEAL);
          await press(lan, "交上申诉");
          await says(lan, "申诉交上去了");
          assert.equal(await lan.locator('[name="words"]').count(), 0, "once");
        }],
        ["whoever removed it doesn't decide", async () => {
          const zhou = page("zhou");
          await open(zhou, "/desk/reports");
          await says(zhou, "是您移除的，要由另一位委员来看");
          await leads(zhou, () => tapOn(zhou.locator('a[href^="/desk/appeals/"]')));
          await says(zhou, "谁移除的，谁不能再定");
          assert.equal(await zhou.locator('[name="decision"]').count(), 0);
          assert.ok(!(await words(zhou)).includes(PART));
        }],
        ["another member looks, and puts it back", async () => {
          const sun = await somebody("孙敏");
          await open(sun, "/desk/reports");
          await leads(sun, () => tapOn(sun.locator('a[href^="/desk/appeals/"]')));
          await says(sun, APPEAL);
          assert.ok(!(await words(sun)).includes(PART), "only after a look that is recorded");
          await press(sun, "看原文（会留下记录）");
          await says(sun, TEXT);
          await good(sun, "looked");
          await choose(sun, "decision", "restored");
          await sun.locator('[name="reason"]').fill(DECISION);
          await press(sun, "定下来");
          await post(await look("visitor"), TEXT).waitFor();
          await post(page("visitor"), "请说是哪一件事").locator(".post-quote", { hasText: PART }).waitFor();
          assert.equal((await found("visitor")).length, places().length - 2, "found again");
          assert.equal(await live(), "data: 2");
          const lan = page("lan");
          await open(lan, "/me/removed");
          await says(lan, `申诉看过了，放回去了。理由：${DECISION}`);
        }],
        ["oversight reads that all this was done", async () => {
          const he = await somebody("何建国");
          await open(he, "/desk/removed");
          for (const text of [WHY, DECISION, "周书香", "孙敏"]) await says(he, text);
          assert.ok(!(await words(he)).includes(PART));
          await good(he, "log");
          for (const { complaints } of others) assert.deepEqual(complaints, []);
        }],
        ["the audit chain is whole, and no page complained", () => story.clean()],
      ]);
    } finally {
      for (const { context } of others) await context.close();
      await story.end().finally(() => database.drop());
    }
  });
}
