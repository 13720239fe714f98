// What is alive in a page: the co-sign button, the reply form, the countdown. Each also when something is amiss.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { choose, leads, says, tapOn, words } from "./lib/hands.mjs";
import { Story } from "./lib/story.mjs";

describe("islands", () => {
  let browser, database, story;
  before(async () => {
    browser = await launch();
    database = await freshDatabase("SQLite");
    story = new Story(browser, database);
    await story.begin();
    await story.raise();
  });
  after(async () => {
    try {
      await story?.end();
    } finally {
      await browser?.close();
      await database?.drop();
    }
  });

  /// The matter's page with its islands awake.
  async function awake(name) {
    const page = await story.look(name);
    await page.locator("html[data-alive]").waitFor();
    return page;
  }

  test("the countdown goes on by itself, by the server's clock", async () => {
    const { page } = story.people.gao;
    await page.clock.install();
    await awake("gao");
    const timer = page.locator('[role="timer"]');
    const days = async () => Number((await timer.innerText()).match(/(\d+) 天/)[1]);
    const first = await days();
    await page.clock.fastForward("48:00:00");
    await page.waitForFunction(
      ([selector, text]) => document.querySelector(selector).innerText.includes(text),
      ['[role="timer"]', `${first - 2} 天`],
    );
    // Twice: the clock takes no more milliseconds at once than 31 bits hold.
    for (let i = 0; i < 2; i++) await page.clock.fastForward(20 * 86_400_000);
    await timer.getByText("已经截止").waitFor();
  });

  test("without a connection nothing is lost, and the button can be pressed again", async () => {
    const { context } = story.people.ma;
    const page = await awake("ma");
    await context.setOffline(true);
    await tapOn(page.locator("form.cosign button"));
    await page.locator("form.cosign .field-error", { hasText: "没有送到" }).waitFor();
    await context.setOffline(false);
    // Now it is the ordinary form.
    await leads(page, () => tapOn(page.locator("form.cosign button")));
    await says(page, "您家已经附议");
    story.people.ma.complaints.length = 0;
  });

  test("co-signing shows the new count in place", async () => {
    const page = await awake("fang");
    await says(page, "已有 1 户附议，要 3 户");
    await page.evaluate(() => (window.stayed = true));
    await tapOn(page.locator("form.cosign button"));
    await says(page, "已有 2 户附议，要 3 户");
    await says(page, "您家的附议记上了");
    assert.equal(await page.locator("form.cosign progress").getAttribute("value"), "2");
    assert.ok(await page.locator("form.cosign button").isHidden(), "it can't be pressed twice");
    assert.ok(await page.evaluate(() => window.stayed), "the page was not loaded again");
    await says(await story.look("visitor"), "已有 2 户附议");
  });

  test("the reply form counts as people do, and stops what is too long", async () => {
    const page = await awake("fang");
    const form = page.locator("form.talk-form");
    const counter = form.locator(".counter");
    await form.locator("textarea").fill("好👨‍👩‍👧的");
    await counter.getByText("3 / 500 字").waitFor();
    await form.locator("textarea").fill("灯".repeat(503));
    await counter.getByText("多了 3 个字").waitFor();
    await choose(form, "stance", "for");
    await page.evaluate(() => (window.stayed = true));
    await tapOn(form.locator('button[type="submit"]'));
    assert.ok(await page.evaluate(() => window.stayed), "it was not sent");
    await form.locator("textarea").fill("");
  });

  test("an unsent text comes back, a sent one doesn't", async () => {
    let page = await awake("fang");
    const text = "刚写到一半，孩子叫我，等会儿接着写。";
    await page.locator("form.talk-form textarea").fill(text);
    page = await awake("fang");
    await page.locator("form.talk-form").getByText("上次没说完的话放回来了").waitFor();
    assert.equal(await page.locator("form.talk-form textarea").inputValue(), text);
    await choose(page.locator("form.talk-form"), "stance", "for");
    await leads(page, () => tapOn(page.locator('form.talk-form button[type="submit"]')));
    await says(page, text);
    page = await awake("fang");
    assert.equal(await page.locator("form.talk-form textarea").inputValue(), "");
  });

  test("markup that somebody typed stays text", async () => {
    const page = await awake("ma");
    const text = "</textarea><script>document.title='bad'</script><b>粗</b>";
    await choose(page.locator("form.talk-form"), "stance", "addition");
    await page.locator("form.talk-form textarea").fill(text);
    await leads(page, () => tapOn(page.locator('form.talk-form button[type="submit"]')));
    assert.ok((await words(page)).includes(text));
    assert.notEqual(await page.title(), "bad");
  });

  test("no page complained", async () => {
    for (const [name, { complaints }] of Object.entries(story.people)) assert.deepEqual(complaints, [], name);
  });
});
