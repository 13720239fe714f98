// Two servers on one PostgreSQL are one hall: the story with its people spread over both, and what only two can
// get wrong.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { leads, open, press, tap, tapOn, words } from "./lib/hands.mjs";
import { mailsTo, mailTo } from "./lib/mail.mjs";
import { STEPS, tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("two servers on one PostgreSQL are one hall", async (t) => {
  const database = await freshDatabase("PostgreSQL");
  const story = new Story(browser, database, { servers: 2 });
  const at = (what) => STEPS.findIndex(([step]) => step.includes(what));
  const part = (from, to) => STEPS.slice(from, to).map(([what, step]) => [what, () => step(story)]);
  try {
    await story.begin();
    await tell(t, [
      ["who signs in on one is signed in on the other, and signed out on both", () => session(story)],
      ...part(0, at("vote in secret")),
      ["what changes on one is seen on the other at once", () => seen(story)],
      ["who looks at one hears what is said on the other", () => heard(story)],
      ...part(at("vote in secret"), at("the server counts")),
      ["a vote cast on both at the same instant counts once", () => once(story)],
      ...part(at("the server counts"), at("the work is referred")),
      ["the ballot was counted once, and both publish the same file", () => same(story)],
      ...part(at("the work is referred")),
      ["each mail was sent once", () => mails(story)],
    ]);
  } finally {
    await story.end().finally(() => database.drop());
  }
});

async function session(story) {
  const page = story.page("gao");
  const [a, b] = story.servers;
  for (const server of [a, b]) {
    await open(page, `${server.url}/me`);
    assert.match(await words(page), /高婶子/);
  }
  await open(page, `${b.url}/me/security`);
  await press(page, page.locator('form[action="/sign-out/everywhere"] button, button[formaction="/sign-out/everywhere"]').first());
  await page.goto(`${a.url}/me`);
  assert.equal(new URL(page.url()).pathname, "/sign-in", "signed out on the other server too");
  await tap(page, "高婶子");
}

/// Who has the page open on one server hears what is said on the other, and their page stays as it is.
async function heard(story) {
  const [a, b] = story.servers;
  const page = story.page("gao");
  await open(page, `${a.url}/proposals/${story.number}`);
  await page.locator("html[data-alive]").waitFor();
  const link = page.locator(".live a");
  await link.waitFor({ state: "hidden" });
  await page.evaluate(() => (window.stayed = true));
  const text = "您那边开着页面，看看听不听得到。";
  const said = await story.post("fang", `/proposals/${story.number}/posts`, { stance: "addition", body: text }, b.url);
  assert.ok(said.ok(), `${said.status()}`);
  await page.locator(".live-new a", { hasText: "有 1 条新的发言" }).waitFor();
  assert.ok(await page.evaluate(() => window.stayed), "the page stays");
  assert.ok(!(await words(page)).includes(text), "nothing of it moves");
  await leads(page, () => tapOn(page.locator(".live-new a")));
  await page.getByText(text).waitFor();
}

/// Visitors' pages are kept by each server; a change on the other must reach them.
async function seen(story) {
  const [a, b] = story.servers;
  const texts = async () => {
    const answers = await Promise.all([a, b].map((server) => fetch(`${server.url}/proposals/${story.number}`)));
    return Promise.all(answers.map((answer) => answer.text()));
  };
  for (const [server, text] of [[a, "先在甲这边说一句，看乙那边看不看得到。"], [b, "再在乙这边说一句，看甲那边看不看得到。"]]) {
    for (const html of await texts()) assert.ok(!html.includes(text));
    const said = await story.post("gao", `/proposals/${story.number}/posts`, { stance: "addition", body: text }, server.url);
    assert.ok(said.ok(), `${said.status()}`);
    for (const html of await texts()) assert.ok(html.includes(text), `seen on both: ${text}`);
  }
}

async function once(story) {
  const cast = (server) => story.post("gao", `/ballots/${story.ballot}/votes`, { choice: "yes" }, server.url);
  const answers = await Promise.all(story.servers.map(cast));
  assert.deepEqual(answers.map((answer) => answer.status()).sort(), [200, 409]);
  story.turnout = "5 户参加，4 户赞成";
}

async function same(story) {
  const files = await Promise.all(story.servers.map(async (server) => (await story.result(server)).text()));
  assert.equal(files[0], files[1]);
  assert.equal(JSON.parse(files[0]).papers.length, 5);
  const lines = await (await story.look("visitor")).locator(".timeline-item", { hasText: "决定：" }).count();
  assert.equal(lines, 1, "decided once");
}

async function mails(story) {
  await mailTo(story.mail.lan, "办好了，请您评价");
  const subjects = (await mailsTo(story.mail.lan)).map((mail) => mail.headers["message-id"]);
  assert.deepEqual(subjects.filter((id, at) => subjects.indexOf(id) !== at), [], "no mail came twice");
}
