// Writing a matter on a phone: one thing at a time, with photos, through a tunnel; and the same without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, person, shot } from "./lib/browser.mjs";
import { found } from "./lib/community.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { agree, choose, fillIn, leads, open, press, says, tap, tapOn, turnTo } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { picture } from "./lib/picture.mjs";
import { Server } from "./lib/server.mjs";

const SEND = 'form.raise button[name="do"][value="send"]';
const DRAFT = 'form.raise button[name="do"][value="draft"]';
const SITUATION = "楼前的石板路坑坑洼洼，轮椅过不去，雨天全是水。";
const SUGGESTION = "把松动的石板重新铺平，两头各做一个缓坡。";

describe("writing a matter", () => {
  let browser, database, server;
  const agreed = new Set();
  before(async () => {
    browser = await launch();
    database = await freshDatabase("SQLite");
    await found(database.url);
    server = new Server({ database: database.url, args: ["--demo"] });
    await server.start();
  });
  after(async () => {
    try {
      await server?.stop();
    } finally {
      await browser?.close();
      await database?.drop();
    }
  });

  /// A neighbour of the demo at a phone, or at another screen.
  async function neighbour(nickname, more = {}) {
    const who = await person(browser, { base: server.url, ...more });
    await tap(who.page, nickname);
    if (!agreed.has(nickname)) await agree(who.page);
    agreed.add(nickname);
    return who;
  }

  const kept = (page, text) => page.locator(".raise-kept [role=status]", { hasText: text }).first().waitFor();
  const stored = (page) =>
    page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("raise:")).map(([, it]) => it));
  const judged = async (page) =>
    [...(await accessibility(page)), ...(await overflow(page)), ...(await smallTargets(page, 44))].join("\n");

  test("on a phone, through a tunnel, nothing is lost", async () => {
    const { context, page, complaints } = await neighbour("兰嫂子");
    await open(page, "/proposals/new");
    await page.locator("html[data-alive]").waitFor();
    await says(page, "第 1 步，一共 8 步");
    assert.ok(await page.locator("#title").isHidden(), "one thing at a time");
    assert.equal(await judged(page), "");

    await fillIn(page, "#title", "楼前石板路铺平");
    assert.ok(await page.locator("#situation").isHidden());
    await kept(page, "已存好");
    await page.waitForURL(/\/proposals\/new\?draft=\d+$/);
    await turnTo(page, "#photos");
    await page.setInputFiles("#photos", [
      await picture(page, "a.jpg", "#7a5"),
      await picture(page, "b.jpg", "#57a"),
    ]);
    await page.locator(".photo-picked img").nth(1).waitFor();

    // Nothing arrives any more, what is sent while the page is left included.
    await server.stop();
    await fillIn(page, "#situation", SITUATION);
    await kept(page, "没有网络");
    await page.waitForFunction(
      (text) => Object.values(localStorage).some((it) => decodeURIComponent(it.replaceAll("+", " ")).includes(text)),
      SITUATION,
    );
    const draft = page.url();
    await page.goto("about:blank");
    await server.start();
    complaints.length = 0;

    await open(page, draft);
    await page.locator("html[data-alive]").waitFor();
    await kept(page, "放回来了");
    assert.equal(await page.inputValue("#title"), "楼前石板路铺平");
    assert.equal(await page.inputValue("#situation"), SITUATION);
    assert.equal(await page.locator(".photo-picked").count(), 2, "the photos hang on the draft");
    await kept(page, "已存好");

    // A photo that finds no connection waits on the page, and goes by itself once there is one.
    await turnTo(page, "#photos");
    await context.setOffline(true);
    await page.setInputFiles("#photos", [await picture(page, "c.jpg", "#a57")]);
    await page.locator(".photo-waits", { hasText: "c.jpg 还在这里" }).waitFor();
    await context.setOffline(false);
    await page.locator(".photo-picked img").nth(2).waitFor();
    complaints.length = 0;

    await fillIn(page, "#suggestion", SUGGESTION);
    await turnTo(page, "#category");
    await page.locator("#category").selectOption("public_space");
    await turnTo(page, SEND);
    await page.locator('[data-of="situation"]', { hasText: SITUATION }).waitFor();
    await shot(page, "raise-look");
    assert.equal(await judged(page), "");
    await press(page, page.locator(SEND));
    assert.match(page.url(), /\/proposals\/\d+$/);
    assert.equal(await page.locator(".photo-list img").count(), 3);
    await open(page, "/proposals/new");
    await page.locator("html[data-alive]").waitFor();
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes("raise:")));
    assert.equal(await page.inputValue("#title"), "", "what was sent is over");
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("it warns before it refuses, and what the server refuses opens by itself", async () => {
    const { context, page } = await neighbour("程老师");
    await open(page, "/proposals/new");
    await fillIn(page, "#title", "铺".repeat(27));
    await page.locator("#title-n.counter-warn", { hasText: "27 / 30" }).waitFor();
    await page.fill("#title", "👨‍👩‍👧".repeat(33));
    await page.locator("#title-n", { hasText: "多了 3 个字" }).waitFor();
    await page.fill("#title", "路");
    // A section may be left unfinished: the hint comes once.
    await turnTo(page, "#situation");
    await tapOn(page.locator(".raise-nav .btn-primary"));
    await says(page, "这一步还没写好");
    await fillIn(page, "#suggestion", SUGGESTION);
    await turnTo(page, SEND);
    const again = await leads(page, () => tapOn(page.locator(SEND)));
    assert.equal(again.status(), 422);
    await page.locator("html[data-alive]").waitFor();
    await page.locator("#title-e").waitFor();
    assert.equal(await page.inputValue("#suggestion"), SUGGESTION);
    // The summary leads into hidden sections.
    await tapOn(page.locator('.error-summary a[href="#category"]'));
    await page.locator("#category").waitFor();
    assert.ok(await page.locator("#title").isHidden());
    await context.close();
  });

  test("two tabs: both copies stay until one is chosen", async () => {
    const { context, page } = await neighbour("方小妹");
    await open(page, "/proposals/new");
    await fillIn(page, "#title", "自行车棚漏雨");
    await page.waitForURL(/draft=\d+$/);
    const other = await context.newPage();
    other.scripted = true;
    await open(other, page.url());
    await fillIn(other, "#situation", "后面这个窗口写的，车棚顶破了三处。");
    await kept(other, "已存好");
    await fillIn(page, "#situation", "前面这个窗口写的，下雨车座全湿。");
    const asked = page.locator(".raise-kept .notice");
    await asked.waitFor();
    await says(page, "这台设备上还有另一份");
    // Nothing goes out before one is chosen: the other one would be gone.
    await turnTo(page, DRAFT);
    await tapOn(page.locator(DRAFT));
    await page.locator("#kept-other:focus").waitFor();
    await other.reload();
    assert.equal(await other.inputValue("#situation"), "后面这个窗口写的，车棚顶破了三处。");
    await tapOn(asked.getByRole("button", { name: "用这台设备上的" }));
    await kept(page, "已存好");
    await open(other, page.url());
    assert.equal(await other.inputValue("#situation"), "前面这个窗口写的，下雨车座全湿。");
    await context.close();
  });

  test("what doesn't arrive stays in the form, and on the device", async () => {
    const { context, page } = await neighbour("吴老弟");
    await open(page, "/proposals/new");
    const full = await page.evaluate(async () => {
      const keep = (title) => fetch("/drafts", { method: "POST", body: new URLSearchParams({ title }) });
      for (let n = 1; n <= 5; n += 1) await keep(`第 ${n} 件没写完的事`);
      return (await keep("再来一件")).status;
    });
    assert.equal(full, 409);
    await open(page, "/proposals/new");
    await page.locator("html[data-alive]").waitFor();
    await fillIn(page, "#title", "第六件事也想存下");
    await fillIn(page, "#situation", SITUATION);
    await kept(page, "草稿满 5 份了");
    await turnTo(page, DRAFT);
    const back = await leads(page, () => tapOn(page.locator(DRAFT)));
    assert.equal(back.status(), 409);
    await says(page, "草稿最多存 5 份");
    assert.equal(await page.inputValue("#situation"), SITUATION);
    // Neither is it lost by leaving the page.
    await open(page, "/me/drafts");
    await open(page, "/proposals/new");
    await kept(page, "放回来了");
    assert.equal(await page.inputValue("#title"), "第六件事也想存下");
    assert.equal(await page.inputValue("#situation"), SITUATION);
    await context.close();
  });

  test("a photo that hangs is said where one stands, and each keeps its own words", async () => {
    const { context, page } = await neighbour("高婶子");
    await open(page, "/proposals/new");
    await fillIn(page, "#title", "单元门口的坡道太陡");
    await turnTo(page, "#photos");
    await page.setInputFiles("#photos", [
      await picture(page, "a.jpg", "#7a5"),
      await picture(page, "b.jpg", "#57a"),
    ]);
    await page.locator(".photo-picked img").nth(1).waitFor();
    const words = page.locator('.photo-picked input[name^="alt-"]');
    await words.nth(0).fill("西门口");
    // The phone's "Go" neither deletes a photo nor leaves the page.
    const before = page.url();
    await words.nth(0).press("Enter");
    await words.nth(1).fill("东门口");
    assert.equal(await page.locator(".photo-picked").count(), 2);
    assert.equal(page.url().split("?")[0], before.split("?")[0]);
    assert.ok(await page.locator("#photos").isVisible(), "and the same section is open");
    await tapOn(page.getByRole("button", { name: "拿掉这张 照片 1" }));
    await page.locator("#photos:focus").waitFor();
    assert.equal(await page.locator(".photo-picked").count(), 1);
    assert.equal(await words.inputValue(), "东门口");
    await page.getByRole("button", { name: "拿掉这张 照片 1" }).waitFor();

    await page.setInputFiles("#photos", { name: "c.heic", mimeType: "image/heic", buffer: Buffer.from("no picture") });
    await page.locator(".photo-waits", { hasText: "没传上来：c.heic" }).waitFor();
    await turnTo(page, SEND);
    await tapOn(page.locator(SEND));
    await page.locator("#photos-hold:focus").waitFor();
    assert.ok(await page.locator("#photos-hold").isVisible());
    assert.equal(await judged(page), "");
    await tapOn(page.getByRole("button", { name: "不要这张" }));
    await page.locator("#photos-hold").waitFor({ state: "hidden" });
    await context.close();
  });

  test("similar matters appear while the title is typed", async () => {
    const { context, page } = await neighbour("马大姐子");
    await open(page, "/proposals/new");
    await fillIn(page, "#title", "夜间停车错峰的事");
    const found = page.locator(".similar-found .row").first();
    await found.waitFor();
    assert.ok((await page.locator(".similar-found .row").count()) <= 3);
    assert.match(await found.locator("a.btn").getAttribute("href"), /^\/proposals\/\d+$/);
    assert.equal(await judged(page), "");
    await context.close();
  });

  test("without scripts it is one page, and nothing is lost either", async () => {
    const { context, page } = await neighbour("高婶子", { scripts: false });
    await open(page, "/proposals/new");
    for (const field of ["#title", "#situation", "#photos", "#category"]) {
      assert.ok(await page.locator(field).isVisible(), field);
    }
    assert.ok(await page.locator(".raise-nav").isHidden());
    assert.equal(await judged(page), "");
    await page.fill("#title", "晾衣绳往东挪两米");
    await page.fill("#situation", "晾衣绳挡着消防通道，晾出来的被子总被蹭脏。");
    await page.setInputFiles("#photos", [await picture(page, "c.jpg", "#a75")]);
    await press(page, page.locator(DRAFT));
    await says(page, "草稿存好了");
    assert.equal(await page.inputValue("#title"), "晾衣绳往东挪两米");
    assert.equal(await page.locator(".photo-picked").count(), 1);
    // Enter in a field shows the form again, and deletes no photo.
    await page.locator('.photo-picked input[name^="alt-"]').fill("晾衣绳");
    const shown = await leads(page, () => page.locator('.photo-picked input[name^="alt-"]').press("Enter"));
    assert.equal(shown.status(), 200);
    assert.equal(await page.locator(".photo-picked").count(), 1);
    await open(page, "/me/drafts");
    await press(page, page.getByRole("link", { name: "晾衣绳往东挪两米" }));
    await page.fill("#suggestion", "往东挪两米，让出通道，高度也降一点。");
    await page.locator("#category").selectOption("public_space");
    await choose(page, "scope", "courtyard");
    await press(page, page.locator(SEND));
    await says(page, "晾衣绳往东挪两米");
    assert.equal(await page.locator(".photo-list img").count(), 1);
    await context.close();
  });

  test("on a wide screen it is one page as well", async () => {
    const { context, page } = await neighbour("兰嫂子", { viewport: { width: 1280, height: 800 } });
    await open(page, "/proposals/new");
    await page.locator("html[data-alive]").waitFor();
    for (const field of ["#title", "#situation", "#category"]) {
      assert.ok(await page.locator(field).isVisible(), field);
    }
    assert.ok(await page.locator(".raise-nav").isHidden());
    assert.equal((await stored(page)).length, 0);
    await context.close();
  });
});
