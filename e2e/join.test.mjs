// How people come onto the roll, at the demo: by a printed slip, by an entrance lead, with a helper; with scripts and
// without.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, person, PHONE, shot, WIDE } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { leads, open, press, says, tap, tapOn } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { mailSettings, Server } from "./lib/server.mjs";

describe("joining", () => {
  let browser, database, server;
  before(async () => {
    browser = await launch();
    database = await freshDatabase("SQLite");
    server = await new Server({ database: database.url, args: ["--demo"], env: mailSettings() }).start();
  });
  after(async () => {
    await browser?.close();
    try {
      await server?.stop();
    } finally {
      await database?.drop();
    }
  });

  const visit = (more) => person(browser, { base: server.url, ...more });

  /// What is wrong with how a page looks; the judge is a script itself, so it can't look without scripts.
  async function judged(page, name, scripts = true) {
    if (!scripts) return;
    assert.deepEqual(await accessibility(page), [], name);
    assert.deepEqual(await overflow(page), [], name);
    assert.deepEqual(await smallTargets(page, 44), [], name);
    await shot(page, name);
  }

  /// Slips as the committee prints them: codes and the addresses of their QR codes.
  async function slips() {
    const { page, context } = await visit({ viewport: WIDE });
    await tap(page, "孙敏");
    await open(page, "/desk/slips");
    await press(page, page.locator('form[action$="/print"] button').first());
    await shot(page, "slips");
    const codes = await page.locator(".slip-code").allInnerTexts();
    await context.close();
    assert.ok(codes.length >= 2, `slips on the sheet: ${codes.length}`);
    return codes;
  }

  test("a printed slip lets one adult in, with scripts and without", async () => {
    const codes = await slips();
    for (const scripts of [true, false]) {
      const { page, context, complaints } = await visit({ scripts, viewport: PHONE });
      const code = codes[scripts ? 0 : 1];
      await open(page, "/join");
      await judged(page, "join", scripts);
      await page.fill("#code", `${code.slice(0, -1)}${code.endsWith("A") ? "C" : "A"}`);
      const wrong = await leads(page, () => tapOn(page.getByRole("button", { name: "下一步" })));
      assert.equal(wrong.status(), 422, "a sign is wrong");
      await page.fill("#code", code.toLowerCase().replaceAll("-", " "));
      await press(page, "下一步");
      assert.ok(!(await page.locator("main").innerText()).includes("101"), "no room before joining");
      await judged(page, "join-form", scripts);
      const send = page.locator('form[action*="/join/"] button.btn-primary');
      await page.fill("#nickname", scripts ? "新邻居甲" : "新邻居乙");
      await page.fill("#name", scripts ? "xin-jia" : "xin-yi");
      await page.fill("#password", "12345678");
      await tapOn(page.locator('input[name="adult"]'));
      await tapOn(page.locator('input[name="consent"]'));
      const common = await leads(page, () => tapOn(send));
      assert.equal(common.status(), 422, "a password that everyone tries");
      assert.equal(await page.inputValue("#nickname"), scripts ? "新邻居甲" : "新邻居乙", "what was typed is kept");
      await judged(page, "join-errors", scripts);
      await page.fill("#password", "枣树下的石桌 一九五八");
      await press(page, send);
      assert.equal(new URL(page.url()).pathname, "/");
      await open(page, "/me/household");
      await says(page, "户代表");
      assert.deepEqual(complaints, []);
      await context.close();

      const second = await visit({ scripts, viewport: PHONE });
      await open(second.page, "/join");
      await second.page.fill("#code", code);
      const used = await leads(second.page, () => tapOn(second.page.getByRole("button", { name: "下一步" })));
      assert.equal(used.status(), 422, "a slip is used once");
      await second.context.close();
    }
  });

  test("an entrance lead vouches on the phone, the committee sees it", async () => {
    const { page, context, complaints } = await visit({ viewport: PHONE });
    await tap(page, "赵秀英");
    await open(page, "/me/vouches");
    await says(page, "四楼小何");
    await judged(page, "vouches");
    await press(page, page.getByRole("button", { name: /^我担保/ }).first());
    await says(page, "我担保过的");
    assert.deepEqual(complaints, []);
    await context.close();
    const desk = await visit({ viewport: WIDE });
    await tap(desk.page, "孙敏");
    await open(desk.page, "/desk/members");
    await says(desk.page, /赵秀英担保/);
    await judged(desk.page, "members");
    await desk.context.close();
  });

  test("a helper acts for a neighbour without a phone, and it says so", async () => {
    const { page, context, complaints } = await visit({ scripts: false, viewport: PHONE });
    await tap(page, "桂兰阿姨");
    await open(page, "/me/helping");
    await press(page, page.getByRole("button", { name: /^替他办事/ }).first());
    await page.getByText("二楼许奶奶").first().waitFor();
    await judged(page, "acting", false);
    assert.equal((await page.request.get("/me/security")).status(), 403, "not the account");
    await press(page, page.locator('form[action="/act-for/stop"] button'));
    await open(page, "/me");
    await says(page, "桂兰阿姨");
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
