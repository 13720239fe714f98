// Every main page of the demo community: on a phone and a wide screen, in light, dark and large.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, person, PHONE, shot, WIDE } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { open, tap } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { mailSettings, Server } from "./lib/server.mjs";

const CONTRAST = ["color-contrast"];

/// How a page is looked at: screen, theme, size of the text, and the rules of accessibility that can differ in that
/// look from those before (none given: all of them).
const LOOKS = [
  { name: "phone", viewport: PHONE, theme: "light", size: "usual" },
  { name: "phone-dark", viewport: PHONE, theme: "dark", size: "usual", rules: CONTRAST },
  { name: "phone-large", viewport: PHONE, theme: "light", size: "large" },
  { name: "wide", viewport: WIDE, theme: "light", size: "usual" },
  { name: "wide-dark", viewport: WIDE, theme: "dark", size: "usual", rules: CONTRAST },
  { name: "wide-large", viewport: WIDE, theme: "light", size: "large", rules: CONTRAST },
];

/// States whose page differs, by the words that a list shows.
const STATES = [
  ["cosigning", "征集附议"],
  ["accepted", "等居委会答复"],
  ["deliberating", "正在议"],
  ["balloting", "投票中"],
  ["not-adopted", "没有采纳"],
  ["doing", "正在办"],
  ["on-hold", "挂账"],
  ["completed", "办好了，请评价"],
  ["done", "办好了"],
  ["not-accepted", "不予受理"],
  ["merged", "并到"],
];

const NICKNAMES = { resident: "桂兰阿姨", council: "陈志远", committee: "孙敏", oversight: "何建国" };

describe("pages", { concurrency: 2 }, () => {
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

  /// A window of somebody's own; each test has its own, so that they can run beside each other.
  async function visit(who = "visitor") {
    const here = await person(browser, { base: server.url });
    if (who !== "visitor") await tap(here.page, NICKNAMES[who]);
    return here;
  }

  /// Each state's first matter in the list, as an address.
  async function matters() {
    const { page, context } = await visit();
    await open(page, "/proposals");
    const rows = [];
    for (;;) {
      const found = page.locator(".row-list .row");
      for (const row of await found.all()) {
        rows.push([await row.innerText(), await row.locator(".row-title a").getAttribute("href")]);
      }
      const next = page.getByRole("link", { name: "下一页" });
      if ((await next.count()) === 0) break;
      await open(page, await next.getAttribute("href"));
    }
    await context.close();
    assert.ok(rows.length >= 18, `the demo's matters: ${rows.length}`);
    const first = ([name, words]) => {
      const row = rows.find(([text]) => text.split("\n").some((line) => line.startsWith(words)));
      assert.ok(row, `no matter in the list says “${words}”`);
      return [name, row[1]];
    };
    return Object.fromEntries(STATES.map(first));
  }

  /// The open ballot and a counted one.
  async function ballots() {
    const { page, context } = await visit();
    await open(page, "/ballots");
    const rows = await page.locator("main a[href^='/ballots/']").evaluateAll((links) =>
      links.map((link) => [link.closest("li")?.innerText ?? "", link.getAttribute("href")]),
    );
    await context.close();
    const first = (word) => rows.find(([text]) => text.includes(word))?.[1] ?? assert.fail(`no ballot says “${word}”`);
    return { open: first("投票中"), passed: first("通过"), invalid: first("无效") };
  }

  /// Looks at an address in every way; gives what is wrong.
  async function judge({ page, context, complaints }, name, address, expected = 200, prepare) {
    const wrong = [];
    for (const look of LOOKS) {
      const cookie = (key, value) => ({ name: key, value, url: server.url });
      await context.addCookies([cookie("theme", look.theme), cookie("size", look.size)]);
      await page.setViewportSize(look.viewport);
      const answer = await page.goto(address);
      if (prepare) await prepare(page);
      const note = (faults) => wrong.push(...faults.map((fault) => `${name} as ${look.name}: ${fault}`));
      if (answer.status() !== expected) note([`${address} answers ${answer.status()}`]);
      note(await overflow(page));
      note(await smallTargets(page, look.size === "large" ? 60 : 44));
      note(await accessibility(page, look.rules));
      await shot(page, `${name}-${look.name}`);
    }
    wrong.push(...complaints.splice(0).map((line) => `${name}: ${line}`));
    return wrong;
  }

  async function all(pages) {
    const people = {};
    const wrong = [];
    for (const [who, ...page] of pages) {
      people[who] ??= await visit(who);
      wrong.push(...(await judge(people[who], ...page)));
    }
    if (wrong.length > 0) assert.fail(`${wrong.length} faults:\n${wrong.join("\n")}`);
  }

  test("what everyone reads", async () => {
    const matter = await matters();
    await all([
      ["visitor", "home", "/"],
      ["visitor", "list", "/proposals"],
      ["visitor", "list-empty", "/proposals?q=没有这样的事"],
      ["visitor", "sign-in", "/sign-in"],
      ["visitor", "join-page", "/join"],
      ["visitor", "join-ask", "/join/ask"],
      ["visitor", "reset", "/reset"],
      ["visitor", "privacy", "/privacy"],
      ["visitor", "communities", "/communities"],
      ["visitor", "offices", "/offices"],
      ["visitor", "next-door", "/c/huaianli/"],
      ...Object.entries(matter).map(([state, address]) => ["visitor", `matter-${state}`, address]),
    ]);
  });

  test("votes and results", async () => {
    const ballot = await ballots();
    await all([
      ["visitor", "ballots", "/ballots"],
      ["resident", "ballot-open", ballot.open],
      ["visitor", "ballot-passed", ballot.passed],
      ["visitor", "ballot-invalid", ballot.invalid],
    ]);
  });

  test("what a resident does", async () => {
    const matter = await matters();
    const sendEmpty = async (page) => {
      await page.locator('form[action="/proposals/new"]').evaluate((form) => form.submit());
      await page.locator(".error-summary").waitFor();
    };
    await all([
      ["resident", "home-resident", "/"],
      ["resident", "new", "/proposals/new"],
      ["resident", "new-errors", "/proposals/new", 200, sendEmpty],
      ["resident", "matter-cosigning-resident", matter.cosigning],
      ["council", "matter-deliberating-council", matter.deliberating],
      ["resident", "me", "/me"],
      ["resident", "me-household", "/me/household"],
      ["resident", "me-helping", "/me/helping"],
      ["resident", "me-security", "/me/security"],
      ["resident", "me-name", "/me/name"],
      ["resident", "me-close", "/me/close"],
    ]);
  });

  test("the desk", async () => {
    const matter = await matters();
    const desk = (state) => matter[state].replace("/proposals/", "/desk/");
    await all([
      ["committee", "desk", "/desk"],
      ["oversight", "desk-oversight", "/desk"],
      ["committee", "desk-mail", "/desk/mail"],
      ["committee", "desk-people", "/desk/people"],
      ["committee", "desk-person", "/desk/people/2"],
      ["committee", "desk-members", "/desk/members"],
      ["committee", "desk-counter", "/desk/counter"],
      ["committee", "desk-slips", "/desk/slips"],
      ["committee", "desk-places", "/desk/places"],
      ["committee", "desk-entrance", "/desk/places/entrances/1"],
      ["committee", "desk-roll", "/desk/roll"],
      ["committee", "desk-owners", "/desk/owners"],
      ["committee", "desk-roles", "/desk/roles"],
      ["committee", "desk-settings", "/desk/settings"],
      ["oversight", "desk-audit", "/desk/audit"],
      ["committee", "desk-accepted", desk("accepted")],
      ["committee", "desk-deliberating", desk("deliberating")],
      ["committee", "desk-balloting", desk("balloting")],
      ["committee", "desk-doing", desk("doing")],
      ["committee", "desk-on-hold", desk("on-hold")],
      ["committee", "matter-deliberating-committee", matter.deliberating],
    ]);
  });

  test("what went wrong", async () => {
    await all([
      ["visitor", "error-404", "/proposals/99999", 404],
      ["resident", "error-403", "/desk", 404],
      ["visitor", "follow-unknown", "/follow/0000", 404],
    ]);
  });

  test("reading carries no script", async () => {
    const matter = await matters();
    const ballot = await ballots();
    const { page } = await visit();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const address of ["/", "/proposals", "/ballots", ballot.passed, ballot.invalid, "/sign-in", ...Object.values(matter)]) {
      await open(page, address);
      assert.equal(await page.locator("script").count(), 0, address);
    }
    assert.deepEqual(asked.filter((url) => /\.(js|wasm)$/.test(url)), []);
  });

  test("in English no Chinese words of the interface are left, and the long ones fit", async () => {
    const wrong = [];
    for (const [who, pages] of Object.entries({
      visitor: ["/", "/proposals", "/ballots", "/sign-in"],
      resident: ["/", "/proposals/new", "/me"],
      committee: ["/", "/desk", "/desk/mail"],
    })) {
      const { page, context } = await visit(who);
      for (const size of ["usual", "large"]) {
        await context.addCookies(Object.entries({ lang: "en", size }).map(([name, value]) => ({ name, value, url: server.url })));
        for (const address of pages) {
          await open(page, address);
          assert.equal(await page.locator("html").getAttribute("lang"), "en");
          const controls = "nav.tabbar a, .head-tools a, .head-tools button, main button:not(.choice-button), .foot-links a";
          const words = await page.locator(controls).allInnerTexts();
          const chinese = words.filter((text) => /\p{Script=Han}/u.test(text));
          wrong.push(...[...chinese, ...(await overflow(page))].map((fault) => `${who} ${address} ${size}: ${fault}`));
        }
      }
    }
    if (wrong.length > 0) assert.fail(wrong.join("\n"));
  });
});
