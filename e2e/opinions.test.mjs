// Opinion groups of a matter, on a small phone without scripts: answering, the threshold, common ground first.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, person, PHONE, shot } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { open, press, says, tap, words } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { mailSettings, Server } from "./lib/server.mjs";

describe("opinions", { concurrency: 1 }, () => {
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

  const here = (more = {}) => person(browser, { base: server.url, viewport: PHONE, scripts: false, ...more });

  /// The address of the opinions of the first matter whose title says `title`, of all that take posts.
  async function opinionsOf(page, title) {
    let next = "/proposals";
    while (next) {
      await open(page, next);
      const found = page.locator(".row-title a", { hasText: title });
      if ((await found.count()) > 0) return `${await found.first().getAttribute("href")}/opinions`;
      const link = page.getByRole("link", { name: "下一页" });
      next = (await link.count()) > 0 ? await link.getAttribute("href") : null;
    }
    return assert.fail(`no matter says “${title}”`);
  }

  test("three answers without scripts at 360 px", async () => {
    const { page, context, complaints } = await here();
    await tap(page, "桂兰阿姨");
    const address = await opinionsOf(page, "沙池");
    // The matter leads there.
    await open(page, address.replace("/opinions", ""));
    await page.locator(`main a[href="${address}"]`).click();
    await says(page, "您答了 0 句，一共 8 句。");
    const asked = new Set();
    for (const [at, choice] of ["同意", "跳过", "不同意"].entries()) {
      asked.add(await page.locator("#ask-sentence").innerText());
      await press(page, choice);
      await says(page, `您答了 ${at + 1} 句，一共 8 句。`);
    }
    assert.equal(asked.size, 3, [...asked].join("\n"));
    assert.deepEqual(await overflow(page), []);
    assert.deepEqual(complaints, []);
    // What was answered can be changed.
    await open(page, `${address}?statement=1`);
    await page.locator("#ask-sentence").waitFor();
    await shot(page, "opinions-ask");
    await context.close();
  });

  test("common ground comes before what divides", async () => {
    for (const look of [{ size: "usual", least: 44 }, { size: "large", least: 60 }]) {
      const { page, context } = await here();
      await context.addCookies([{ name: "size", value: look.size, url: server.url }]);
      await open(page, await opinionsOf(page, "沙池"));
      const text = await words(page);
      const [common, apart] = [text.indexOf("先看大家都同意的"), text.indexOf("分歧在这里")];
      assert.ok(common > 0 && common < apart, text);
      const said = text.indexOf("院里该有给孩子玩的地方");
      assert.ok(common < said && said < apart, text);
      assert.match(text, /甲组 \d+ 人、乙组 \d+ 人/);
      assert.match(text, /甲组 \d+ \/ \d+ 人同意/);
      for (const name of ["陈志远", "桂兰"]) assert.ok(!text.includes(name), `${name} is named`);
      assert.deepEqual(await overflow(page), []);
      assert.deepEqual(await smallTargets(page, look.least), []);
      await shot(page, `opinions-picture-${look.size}`);
      await context.close();
    }
    const { page, context } = await here({ scripts: true });
    await open(page, await opinionsOf(page, "沙池"));
    assert.deepEqual(await accessibility(page), []);
    await context.close();
  });

  test("under the threshold the page says how many are missing, and why", async () => {
    const { page, context } = await here();
    await open(page, await opinionsOf(page, "老年餐桌"));
    await says(page, "还差 30 人");
    await says(page, "满 30 人才分组");
    assert.deepEqual(await overflow(page), []);
    await context.close();
  });
});
