// The talk about a matter: by time and each side, kind words, quotes and names, questions to the committee, equal
// turns, photos, changes, and the chair's summary. On both databases, with scripts and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, shot } from "./lib/browser.mjs";
import { PASSWORD } from "./lib/community.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { agree, choose, leads, open, press, says, showFactor, signIn, tapOn, unfold, words } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { picture } from "./lib/picture.mjs";
import { tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

const FOR = "孩子晚上回来看得见台阶，我家赞成。";
const AGAINST = "灯太亮会照到我家窗户，我先不赞成。";
const ASKS = "电费一年要多少，谁来出？";
const ANSWER = "走公摊，一年不到十块钱，单子会贴在门口。";
const CHANGED = "灯往里挪半米，照不到窗户，我就赞成。";
/// Five working days are over, and co-signing isn't.
const DAYS_AHEAD = 25;

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [kind, scripts] of [["SQLite", true], ["PostgreSQL", false]]) {
  test(`the talk on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
    const database = await freshDatabase(kind);
    const story = new Story(browser, database, { scripts });
    const page = (name) => story.page(name);
    const look = (name) => story.look(name);
    const at = (path) => `/proposals/${story.number}${path}`;
    /// The post that says it, itself and not the one above it.
    const post = (page, text) =>
      page.locator(".post-body", { hasText: text }).first().locator("xpath=ancestor::article[1]");
    const kindWord = (page, text, word) => post(page, text).locator("button", { hasText: word });
    /// A page that a phone shows well. The judge is a script itself.
    const good = async (name, what) => {
      const faults = [...(await overflow(page(name))), ...(await smallTargets(page(name), 44))];
      faults.push(...(await accessibility(page(name))));
      assert.deepEqual(faults, [], what);
      await shot(page(name), `talk-${story.label}-${what}`);
    };
    try {
      await story.begin();
      await tell(t, [
        ["the newest first, or each side beside the other", async () => {
          await story.raise();
          await story.say(await look("fang"), "for", FOR);
          await story.say(await look("gao"), "against", AGAINST);
          await story.say(await look("ma"), "addition", "物业说线从门厅接最近。");
          const visitor = await look("visitor");
          const said = await visitor.locator("article.post .post-body").allInnerTexts();
          assert.deepEqual(said.map((text) => text.trim()), ["物业说线从门厅接最近。", AGAINST, FOR]);
          await leads(visitor, () => tapOn(visitor.getByRole("link", { name: "正反都看" })));
          assert.equal(new URL(visitor.url()).searchParams.get("order"), "balance");
          const side = (stance) => visitor.locator("section.side", { has: visitor.locator(`#side-${stance}`) });
          await side("for").getByText(FOR).waitFor();
          await side("against").getByText(AGAINST).waitFor();
          await side("question").getByText("还没有人说。").waitFor();
          assert.equal(await side("for").getByText(AGAINST).count(), 0);
          await good("visitor", "each side");
          await leads(visitor, () => tapOn(visitor.getByRole("link", { name: "新的在前" })));
          await post(visitor, FOR).waitFor();
        }],
        ["kind words are said once, and taken back", async () => {
          for (const name of ["fang", "chen"]) {
            const page = await look(name);
            await press(page, kindWord(page, AGAINST, "有道理"));
            assert.equal(await kindWord(page, AGAINST, "有道理").getAttribute("aria-pressed"), "true");
          }
          const gao = await look("gao");
          assert.equal(await post(gao, AGAINST).locator('button[aria-pressed]').count(), 0, "not to oneself");
          await post(gao, AGAINST).getByText("有道理 2").waitFor();
          const fang = await look("fang");
          await press(fang, kindWord(fang, AGAINST, "有道理"));
          assert.equal(await kindWord(fang, AGAINST, "有道理").getAttribute("aria-pressed"), "false");
          await post(await look("visitor"), AGAINST).getByText("有道理 1").waitFor();
        }],
        ["a quote and a name lead to who said it", async () => {
          const ma = await look("ma");
          await leads(ma, () => tapOn(post(ma, AGAINST).getByRole("link", { name: "引用" })));
          const form = ma.locator("form.talk-form");
          await form.locator(".post-quote", { hasText: AGAINST }).waitFor();
          const text = "@高婶子 灯朝地面照，不会照到窗户。";
          if (scripts) {
            // An @ offers the names of the talk.
            await ma.locator("html[data-alive]").waitFor();
            await form.locator("textarea").pressSequentially("@高");
            await form.locator(".name-list [role=option]", { hasText: "高婶子" }).waitFor();
            await form.locator("textarea").press("Enter");
            await ma.waitForFunction(() => document.querySelector("form.talk-form textarea").value.startsWith("@高婶子"));
          }
          await story.say(ma, "addition", text);
          const visitor = await look("visitor");
          await post(visitor, text).locator(".post-quote", { hasText: AGAINST }).waitFor();
          await post(visitor, text).getByText("提到高婶子").waitFor();
          await leads(visitor, () => tapOn(post(visitor, text).locator(".post-quote a")));
          await post(visitor, AGAINST).waitFor();
          const gao = page("gao");
          await open(gao, "/me");
          await says(gao, "马大姐子提到了您");
        }],
        ["the committee answers a question", async () => {
          const lan = await look("lan");
          await tapOn(lan.locator("#ask"));
          await story.say(lan, "question", ASKS);
          const visitor = await look("visitor");
          await says(visitor, "有 1 个问题等居委会答复");
          await post(visitor, ASKS).getByText("问居委会").waitFor();
          const zhou = page("zhou");
          await open(zhou, "/desk");
          await says(zhou, "等居委会答复的提问");
          await leads(zhou, () => tapOn(zhou.locator('a[href*="?reply="]').first()));
          await says(zhou, "同意以后再办这件事");
          await agree(zhou);
          await open(zhou, "/desk");
          await leads(zhou, () => tapOn(zhou.locator(`a[href^="${at("/posts/")}"]`)));
          await says(zhou, "您的回应就是居委会的答复。");
          await story.say(zhou, "addition", ANSWER, zhou.locator("#reply"));
          await look("visitor");
          await says(visitor, "居委会答复了");
          await post(visitor, ANSWER).getByText("居委会的答复").waitFor();
          assert.ok(!(await words(visitor)).includes("个问题等居委会答复"));
          await open(lan, "/me");
          await says(lan, "居委会答复了您");
          await look("visitor");
          await good("visitor", "answered");
        }],
        ["after three in a row neighbours have the word", async () => {
          for (const n of ["一", "二", "三"]) {
            await story.say(await look("gao"), "addition", `再说一点，这是第${n}点。`);
          }
          const gao = await look("gao");
          await says(gao, "先听听邻居怎么说");
          const form = gao.locator("form.talk-form");
          await choose(form, "stance", "addition");
          await form.locator("textarea").fill("还有第四点，写好了先放着。");
          const back = await leads(gao, () => tapOn(form.locator('button[type="submit"]')));
          assert.equal(back.status(), 422);
          assert.equal(await form.locator("textarea").inputValue(), "还有第四点，写好了先放着。", "nothing is lost");
          await good("gao", "turn");
          await story.say(await look("fang"), "addition", "您说，我们听着。");
          await press(gao, form.locator('button[type="submit"]'));
          await says(gao, "还有第四点");
          assert.ok(!(await words(await look("fang"))).includes("先听听邻居怎么说"));
        }],
        ["two photos go along, and no third", async () => {
          const fang = await look("fang");
          const form = fang.locator("form.talk-form");
          const files = [];
          for (const [n, colour] of ["#7a5", "#57a", "#a75"].entries()) {
            files.push(await picture(fang, `${n}.jpg`, colour));
          }
          if (scripts) {
            await fang.locator("html[data-alive]").waitFor();
            await form.locator("#photos").setInputFiles(files.slice(0, 2));
            await form.locator(".photo-picked img").nth(1).waitFor();
            await form.locator(".photo-add").waitFor({ state: "hidden" });
          } else {
            // All three at once: two stay, and what was typed stays too.
            await choose(form, "stance", "for");
            await form.locator("textarea").fill("拍了两张，台阶在这里。");
            await form.locator("#photos").setInputFiles(files);
            const back = await leads(fang, () => tapOn(form.locator('button[type="submit"]')));
            assert.equal(back.status(), 422);
            assert.equal(await form.locator(".photo-picked").count(), 2);
            assert.equal(await form.locator("textarea").inputValue(), "拍了两张，台阶在这里。");
          }
          await story.say(fang, "for", "拍了两张，台阶在这里。");
          const visitor = await look("visitor");
          const photos = post(visitor, "拍了两张").locator(".photo-list img");
          assert.equal(await photos.count(), 2);
          for (const photo of await photos.all()) {
            const answer = await visitor.request.get(new URL(await photo.getAttribute("src"), visitor.url()).href);
            assert.equal(answer.status(), 200);
            assert.match(answer.headers()["content-type"], /^image\/jpeg/);
          }
          await good("visitor", "photos");
        }],
        ["a text is changed, and what it said stays to be read", async () => {
          const gao = await look("gao");
          await leads(gao, () => tapOn(post(gao, AGAINST).getByRole("link", { name: "改一改" })));
          assert.equal(await gao.inputValue("#body"), AGAINST);
          await gao.fill("#body", CHANGED);
          await press(gao, "改好了");
          const visitor = await look("visitor");
          await post(visitor, CHANGED).getByText("改过").waitFor();
          // A quote says what is said now.
          await post(visitor, "灯朝地面照").locator(".post-quote", { hasText: CHANGED }).waitFor();
          assert.ok(!(await words(visitor)).includes(AGAINST));
          await leads(visitor, () => tapOn(post(visitor, CHANGED).getByRole("link", { name: "看原来的" })));
          await says(visitor, "原来是这样说的");
          await says(visitor, AGAINST);
        }],
        ["the chair sums it up, and both sides say whether that is fair", async () => {
          const chen = await look("chen");
          const pin = chen.locator("details", { has: chen.locator(`form[action="${at("/summary")}"]`) });
          await unfold(pin);
          await pin.locator('[name="agreed"]').fill("单元门口要有灯");
          await pin.locator('[name="for_points"]').fill("孩子看得见台阶\n电费一年不到十块钱");
          await press(chen, pin.locator("form button"));
          for (const [name, side] of [["fang", "赞成"], ["gao", "反对"]]) {
            await open(page(name), "/");
            const waits = page(name).locator("section", { has: page(name).locator("#h-wait") });
            await waits.getByText("您看公道吗").waitFor();
            await leads(page(name), () => tapOn(waits.locator(`a[href="${at("#summary")}"]`)));
            await says(page(name), `您说过${side}的话。这份小结对您这边公道吗？`);
          }
          await press(page("fang"), "公道");
          await says(page("fang"), "您说过这份小结公道。");
          await press(page("gao"), "不公道，漏了我们的意思");
          const visitor = await look("visitor");
          await says(visitor, "反对一方 1 人说过话，还不到 5 人评过，先不公布人数。");
          assert.equal(await visitor.locator('form[action$="/summary/fair"]').count(), 0);
          // What was left out comes in, and everybody is asked anew.
          await look("chen");
          await unfold(pin);
          assert.equal(await pin.locator('[name="agreed"]').inputValue(), "单元门口要有灯");
          await pin.locator('[name="against_points"]').fill("灯照到窗户，要往里挪半米");
          await press(chen, pin.locator("form button"));
          await press(await look("gao"), "公道");
          await look("visitor");
          await says(visitor, "反对一方 1 人说过话，还不到 5 人评过，先不公布人数。");
          await good("visitor", "summary");
          await leads(visitor, () => tapOn(visitor.getByRole("link", { name: "看以前的小结" })));
          await says(visitor, "反对一方：不到 5 人评过，没有公布人数。");
        }],
        ["an answer that doesn't come is shown as overdue", async () => {
          const lan = await look("lan");
          await tapOn(lan.locator("#ask"));
          await story.say(lan, "question", "什么时候来装？");
          await story.stop();
          await story.start(["--days-ahead", String(DAYS_AHEAD)]);
          const visitor = await look("visitor");
          await says(visitor, "有 1 个问题居委会逾期没有答复");
          const zhou = page("zhou");
          await signIn(zhou, "zhou", PASSWORD);
          await showFactor(zhou, story.codes.pop());
          await open(zhou, "/desk");
          const owed = zhou.locator("section", { hasText: "等居委会答复的提问" }).last();
          await owed.getByText("逾期").first().waitFor();
        }],
        ["the audit chain is whole, and no page complained", () => story.clean()],
      ]);
    } finally {
      await story.end().finally(() => database.drop());
    }
  });
}
