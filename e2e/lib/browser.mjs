// People at a browser: a phone or a wide screen, with scripts or without.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const PHONE = { width: 360, height: 740 };
export const WIDE = { width: 1280, height: 800 };
const SHOTS = fileURLToPath(new URL("../shots/", import.meta.url));

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/// A browser's window with cookies of its own. `complaints` gathers what the browser had to say against a page:
/// errors of scripts, what the policy forbade, files that could not be had.
export async function person(browser, { base, scripts = true, viewport = PHONE, ...more }) {
  const context = await browser.newContext({
    baseURL: base,
    javaScriptEnabled: scripts,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport,
    // A restarted server's page must come from the server.
    serviceWorkers: "block",
    ...more,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  // What hands wait for depends on it.
  page.scripted = scripts;
  const complaints = [];
  page.on("console", (message) => {
    // A page that is refused with a status on purpose is no fault of the page.
    const refused = /the server responded with a status of (403|404|409|422|429)/.test(message.text());
    // The browser itself gives up what a navigation makes needless.
    const left = /Response body loading was aborted/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !refused && !left) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`${request.url()}: ${why}`);
  });
  return { context, page, complaints };
}

/// Keeps a picture of the whole page: e2e/shots/NAME.png. The window grows for it, so that what is fixed to its edge
/// doesn't lie over the middle.
export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  const window = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...window, height: Math.max(window.height, height) });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), animations: "disabled" });
  await page.setViewportSize(window);
}
