// Finding at 360 px: a search with its hits marked, narrowed by what the address keeps, a category that is followed and
// told of by mail, and what is new since the last visit. On both databases, with scripts and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, shot } from "./lib/browser.mjs";
import { PASSWORD } from "./lib/community.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { leads, open, press, says, tapOn, unfold, words } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { mailTo } from "./lib/mail.mjs";
import { tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

const SAID = "感应灯要照着台阶，别照窗户。";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [kind, scripts] of [["SQLite", true], ["PostgreSQL", false]]) {
  test(`finding on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
    const database = await freshDatabase(kind);
    const story = new Story(browser, database, { scripts });
    const page = (name) => story.page(name);
    const fangsMail = `fang.${process.pid}.${story.label}@xiaoyuan.test`;
    const titles = (within) => within.locator(".row-title").allInnerTexts();
    const good = async (it, what) => {
      assert.deepEqual(await overflow(it), [], what);
      assert.deepEqual(await smallTargets(it, 44), [], what);
      assert.deepEqual(await accessibility(it), [], what);
    };
    try {
      await story.begin();
      await tell(t, [
        ["two characters find titles, texts and talk, with the hits marked", async () => {
          const visitor = page("visitor");
          await open(visitor, "/");
          await leads(visitor, () => tapOn(visitor.locator('a[href="/search#q"]').first()));
          await visitor.fill("#q", "停车");
          await press(visitor, visitor.locator('form[role="search"] .search button'));
          assert.equal(new URL(visitor.url()).searchParams.get("q"), "停车", "the address says what is looked for");
          assert.match((await titles(visitor))[0], /停车/, "the title that holds it comes first");
          for (const hit of await visitor.locator("mark").allInnerTexts()) assert.match(hit, /停|车/);
          assert.ok((await visitor.locator(".row-title mark").count()) > 0, "titles are marked");
          assert.ok((await visitor.locator(".found-text mark, .found-posts mark").count()) > 0, "texts are marked");
          await good(visitor, "what was found");
          await shot(visitor, `search-${story.label}-found`);
        }],
        ["one character, and several words", async () => {
          const visitor = page("visitor");
          const ask = async (text) => {
            await open(visitor, `/search?q=${encodeURIComponent(text)}`);
            return titles(visitor);
          };
          const lamps = await ask("灯");
          assert.ok(lamps.length > 1, "one character finds");
          const both = await ask("消防通道 车");
          assert.ok(both.length > 0 && both.length <= (await ask("车")).length, "each word more finds less");
          assert.deepEqual(await ask("没有人写过的话"), []);
          await says(visitor, "没有找到“没有人写过的话”");
          await good(visitor, "nothing found");
        }],
        ["filters live in the address", async () => {
          const visitor = page("visitor");
          await open(visitor, `/search?q=${encodeURIComponent("车")}`);
          const all = await titles(visitor);
          await unfold(visitor.locator("details.more").first());
          await visitor.locator("#category").selectOption("parking");
          await press(visitor, "这样找");
          const there = new URL(visitor.url());
          assert.equal(there.searchParams.get("category"), "parking");
          const some = await titles(visitor);
          assert.ok(some.length > 0 && some.length < all.length, `${some.length} of ${all.length}`);
          assert.equal(await visitor.inputValue("#category"), "parking", "the form shows what was asked");
          await leads(visitor, () => tapOn(visitor.getByRole("link", { name: "最近提的在前" })));
          const newest = new URL(visitor.url());
          assert.equal(newest.searchParams.get("category"), "parking", "another order keeps the filter");
          assert.equal(newest.searchParams.get("sort"), "new");
          // Whoever gets the address sees the same.
          await open(page("lan"), `${there.pathname}${there.search}`);
          assert.deepEqual(await titles(page("lan")), some);
          await good(visitor, "narrowed");
          await leads(visitor, () => tapOn(visitor.getByRole("link", { name: "不挑了，都找" })));
          assert.equal((await titles(visitor)).length, all.length);
        }],
        ["a category is followed in one tap", async () => {
          const fang = page("fang");
          await open(fang, "/me");
          await fang.fill("#email", fangsMail);
          await fang.fill("#email-password", PASSWORD);
          await press(fang, fang.locator('form[action="/me/email"] button'));
          await open(fang, "/proposals?category=lighting_roads");
          await press(fang, "关注照明道路");
          await fang.getByRole("button", { name: "不再关注照明道路" }).waitFor();
          await open(fang, "/follow");
          await says(fang, "正在关注");
          await good(fang, "what one follows");
          await shot(fang, `search-${story.label}-follow`);
          await open(page("visitor"), "/proposals?category=lighting_roads");
          assert.equal(await page("visitor").locator('form[action="/follow/places"]').count(), 0);
        }],
        ["and whoever follows it hears of a new matter, and can stop that", async () => {
          await story.raise();
          const mail = await mailTo(fangsMail, "公开了");
          assert.equal(mail.headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
          const [, link] = mail.headers["list-unsubscribe"].match(/<(http[^>]+)>/);
          const visitor = page("visitor");
          await open(visitor, link);
          await says(visitor, "不再收照明道路的信？");
          await open(page("fang"), "/follow");
          await page("fang").getByRole("button", { name: "不再关注照明道路" }).waitFor();
          const stopped = await fetch(link, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: "List-Unsubscribe=One-Click",
          });
          assert.equal(stopped.status, 200);
          await open(page("fang"), "/follow");
          await page("fang").getByRole("button", { name: "关注照明道路", exact: true }).waitFor();
        }],
        ["what was just published is found", async () => {
          const visitor = page("visitor");
          await open(visitor, `/search?q=${encodeURIComponent("十三号楼一单元")}`);
          assert.match((await titles(visitor))[0], /十三号楼一单元/);
        }],
        ["a day later, what is new since the last visit", async () => {
          const ahead = async (days) => {
            await story.stop();
            await story.start(["--days-ahead", String(days)]);
          };
          const fang = page("fang");
          await ahead(1);
          await open(fang, "/");
          const lan = await story.look("lan");
          await story.say(lan, "addition", SAID);
          await story.say(await story.look("fang"), "for", "我家赞成，早该装了。");
          await ahead(2);
          await open(fang, "/");
          const news = fang.locator("section", { has: fang.locator("#h-news") });
          await news.getByRole("link", { name: "十三号楼一单元" }).waitFor();
          await good(fang, "what is new");
          await shot(fang, `search-${story.label}-news`);
          await open(fang, "/proposals");
          assert.ok((await fang.locator(".row .new-mark").count()) > 0, "the list marks it");
          await story.look("fang");
          const marked = fang.locator("article.post", { has: fang.locator(".new-mark") });
          assert.equal(await marked.count(), 1, await words(fang));
          await marked.getByText(SAID).waitFor();
          await open(page("visitor"), "/proposals");
          assert.equal(await page("visitor").locator(".new-mark").count(), 0, "nothing is new to a visitor");
        }],
        ["what was taken down is not found any more", async () => {
          const visitor = page("visitor");
          const there = `/search?q=${encodeURIComponent("照着台阶")}`;
          await open(visitor, there);
          await says(visitor, "照着台阶");
          const lan = await story.look("lan");
          const post = lan.locator("article.post", { hasText: SAID });
          await leads(lan, () => tapOn(post.getByRole("link", { name: "改一改" })));
          await unfold(lan.locator("details.more", { has: lan.locator('form[action$="/withdraw"]') }));
          await press(lan, "撤回");
          await open(visitor, there);
          assert.deepEqual(await titles(visitor), []);
        }],
      ]);
    } finally {
      await story.end().finally(() => database.drop());
    }
  });
}
