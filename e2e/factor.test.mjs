// The second factor with a real browser: passkeys through Chromium's virtual authenticator, an authenticator app and
// recovery codes without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, person, shot } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { appCode, leads, open, press, says, signIn, tapOn } from "./lib/hands.mjs";
import { accessibility, overflow, smallTargets } from "./lib/judge.mjs";
import { Server, freePort, must } from "./lib/server.mjs";

const PASSWORD = "枣树下的石桌 1958";

describe("the second factor", () => {
  let browser, database, server, base;
  before(async () => {
    browser = await launch();
    database = await freshDatabase("SQLite");
    const community = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    for (const [name, nickname] of [["zhou", "周书香"], ["li", "李委员"]]) {
      const who = ["--name", name, "--nickname", nickname, "--password-stdin"];
      const place = name === "zhou" ? community : ["--role", "committee_member"];
      await must(["person", "--database", database.url, ...who, ...place], { input: `${PASSWORD}\n` });
    }
    const port = await freePort();
    base = `http://localhost:${port}`;
    server = await new Server({ database: database.url, port, args: ["--base-url", base] }).start();
  });
  after(async () => {
    try {
      await server?.stop();
    } finally {
      await browser?.close();
      await database?.drop();
    }
  });

  async function judged(page, name) {
    assert.deepEqual(await accessibility(page), [], name);
    assert.deepEqual(await overflow(page), [], name);
    assert.deepEqual(await smallTargets(page, 44), [], name);
    await shot(page, name);
  }

  test("a passkey opens the desk, and is asked for after the password", async () => {
    const { page, context, complaints } = await person(browser, { base });
    const device = await context.newCDPSession(page);
    await device.send("WebAuthn.enable");
    const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await signIn(page, "zhou", PASSWORD);
    assert.equal(new URL(page.url()).pathname, "/me/security");
    await says(page, "工作台才打开");
    const add = page.getByRole("button", { name: "加一把通行密钥" });
    await add.waitFor();
    await judged(page, "security");
    await page.fill("#label", "我的手机");
    await leads(page, () => tapOn(add));
    await says(page, "您的备用码");
    await open(page, "/desk");
    await open(page, "/me/security");
    await says(page, "我的手机");
    const { credentials } = await device.send("WebAuthn.getCredentials", { authenticatorId });
    assert.equal(credentials.length, 1);

    await press(page, page.locator('button[formaction="/sign-out"]'));
    await signIn(page, "zhou", PASSWORD);
    assert.equal(new URL(page.url()).pathname, "/second-factor");
    assert.ok((await page.request.get("/desk")).status() === 404, "the desk is closed");
    const show = page.getByRole("button", { name: "用通行密钥验证" });
    await show.waitFor();
    await judged(page, "second-factor");

    // A finger that is not theirs: it says so, and can be tried again.
    await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await tapOn(show);
    await says(page, "这次没有成功");
    await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await leads(page, () => tapOn(show));
    await says(page, "欢迎回来");
    await open(page, "/desk");
    // Chromium misses RSA among the signatures that are taken: ES256 and EdDSA are what phones and keys make.
    assert.deepEqual(complaints.filter((it) => !it.includes("pubKeyCredParams")), []);
    await context.close();
  });

  test("an authenticator app and recovery codes work without scripts", async () => {
    const { page, context, complaints } = await person(browser, { base, scripts: false });
    await signIn(page, "li", PASSWORD);
    assert.equal(new URL(page.url()).pathname, "/me/security");
    assert.ok(await page.getByRole("button", { name: "加一把通行密钥" }).isHidden());
    await press(page, "设置验证器");
    await page.locator(".qr svg").waitFor();
    await shot(page, "totp");
    const secret = await page.locator(".receipt-code").innerText();
    await page.fill("#code", "000000");
    await leads(page, () => tapOn(page.getByRole("button", { name: "设好了，打开第二道验证" })));
    await says(page, "这个码不对");
    assert.equal(await page.locator(".receipt-code").innerText(), secret, "the same secret stays");
    await page.fill("#code", appCode(secret));
    await press(page, "设好了，打开第二道验证");
    await says(page, "只在这里显示这一次");
    const codes = await page.locator(".receipt-code").allInnerTexts();
    assert.equal(codes.length, 10);
    await shot(page, "recovery-codes");
    await open(page, "/desk");

    await open(page, "/me");
    await press(page, page.locator('form[action="/sign-out"] button').first());
    await signIn(page, "li", PASSWORD);
    assert.equal(new URL(page.url()).pathname, "/second-factor");
    // The next step's code is taken too: clocks differ, and this step's was used.
    await page.fill("#code", appCode(secret, 1));
    await press(page, page.getByRole("button", { name: "验证", exact: true }));
    await open(page, "/desk");

    await open(page, "/me");
    await press(page, page.locator('form[action="/sign-out"] button').first());
    await signIn(page, "li", PASSWORD);
    await page.fill("#code", codes[2].toLowerCase());
    await press(page, page.getByRole("button", { name: "验证", exact: true }));
    await open(page, "/me/security");
    await says(page, "还剩 9 个");
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
