// What hands do on a page: the same with scripts and without.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

/// Brings a control to the middle of the screen, as one does before pressing it, and presses it.
export async function tapOn(control) {
  await control.evaluate((it) => it.scrollIntoView({ block: "center", behavior: "instant" }));
  await control.click();
}

/// Does something that leads to another page, and waits for that page. Gives its answer; null where it leads to a
/// place on the same page. A form that keeps a draft changes its address by itself: that is no way that was taken.
export async function leads(page, act) {
  const whole = () => page.url().split("#")[0];
  const before = whole();
  const comes = async () => {
    const answer = await page.waitForNavigation({ waitUntil: "load" });
    return answer || whole() === before ? answer : comes();
  };
  const [answer] = await Promise.all([comes(), act()]);
  return answer;
}

/// Goes to an address; the page must be there.
export async function open(page, address) {
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, `${address}: ${answer.status()}`);
}

/// Presses a button that sends its form; the next page must be a good one.
export async function press(page, button, within = page) {
  const found = typeof button === "string" ? within.getByRole("button", { name: button, exact: true }) : button;
  const answer = await leads(page, () => tapOn(found));
  assert.ok(answer.ok(), `${button}: ${answer.status()} ${page.url()}\n${await words(page)}`);
}

/// Where a form shows one section at a time, turns to the one with this control.
export async function turnTo(page, selector) {
  if (page.scripted) await page.locator("html[data-alive]").waitFor();
  const control = page.locator(selector).first();
  for (let turns = 0; turns < 20; turns += 1) {
    const way = await control.evaluate((it) => {
      const section = it.closest("[data-step]");
      const form = section?.closest("form[data-alive]");
      if (!form || getComputedStyle(section).display !== "none") return 0;
      const all = [...form.querySelectorAll("[data-step]")];
      return all.indexOf(section) - all.findIndex((one) => one.hasAttribute("data-now"));
    });
    if (way === 0) return;
    await tapOn(page.locator(way > 0 ? ".raise-nav .btn-primary" : ".raise-nav .btn-secondary"));
  }
  assert.fail(`${page.url()}: ${selector} is in no section that can be turned to`);
}

/// Fills a field of such a form.
export async function fillIn(page, selector, text) {
  await turnTo(page, selector);
  await page.fill(selector, text);
}

/// Taps a choice.
export async function choose(within, name, value) {
  const input = within.locator(`input[name="${name}"][value="${value}"]`);
  await tapOn(input);
  assert.ok(await input.isChecked(), `${name}=${value} is chosen`);
}

/// The text of the page's main part.
export function words(page) {
  return page.locator("main").innerText();
}

/// Waits until the page's main part says it.
export async function says(page, text) {
  const found = page.locator("main").getByText(text).first();
  await found.waitFor().catch(async () => {
    assert.fail(`${page.url()} does not say “${text}”:\n${await words(page)}`);
  });
}

/// Signs in with one tap, as a demo offers it.
export async function tap(page, nickname) {
  await open(page, "/sign-in");
  await press(page, page.locator("button.choice-button", { hasText: nickname }));
}

/// Signs in by name and password.
export async function signIn(page, name, password) {
  await open(page, "/sign-in");
  await page.fill("#name", name);
  await page.fill("#password", password);
  await press(page, page.locator('form[action="/sign-in"] button'));
}

/// Agrees to what is kept, where that was not asked before: whom an operator admitted is asked at first.
export async function agree(page) {
  await open(page, "/privacy");
  await press(page, "同意");
}

/// Sets up an authenticator app and gives the recovery codes; whoever holds a duty is led to the page by signing in.
export async function setUpFactor(page) {
  await press(page, "设置验证器");
  const secret = await page.locator(".receipt-code").innerText();
  await page.fill("#code", appCode(secret));
  await press(page, "设好了，打开第二道验证");
  return page.locator(".receipt-code").allInnerTexts();
}

/// Shows the second factor by a recovery code, after the password.
export async function showFactor(page, code) {
  await page.fill("#code", code);
  await press(page, page.getByRole("button", { name: "验证", exact: true }));
}

/// Opens one of the desk's acts, fills it in and sends it. Fields are given by their names.
export async function act(page, matter, name, fields = {}) {
  await open(page, `/desk/${matter}`);
  const form = page.locator(`details#${name}`);
  await unfold(form);
  for (const [field, value] of Object.entries(fields)) {
    const control = form.locator(`[name="${field}"]`);
    if ((await control.evaluate((it) => it.tagName)) === "SELECT") await control.selectOption(value);
    else await control.fill(value);
  }
  await press(page, form.locator("form button").last());
}

/// Opens a fold if it is closed.
export async function unfold(details) {
  if ((await details.getAttribute("open")) === null) await tapOn(details.locator("summary").first());
}

/// What an authenticator app shows now (RFC 6238), `ahead` steps later.
export function appCode(secret, ahead = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
