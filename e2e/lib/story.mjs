// The story of one matter, from a resident's idea to a reviewed result, each act through the web.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { person, shot } from "./browser.mjs";
import { found, PASSWORD } from "./community.mjs";
import { act, agree, choose, fillIn, leads, open, press, says, setUpFactor, showFactor, signIn, tap, tapOn, turnTo, unfold, words } from "./hands.mjs";
import { mailsTo, mailTo } from "./mail.mjs";
import { command, mailSettings, must, Server } from "./server.mjs";
import { until } from "./wait.mjs";

/// A ballot of residents stays open for ten days (居民委员会组织法 Art 26), and ends at 18:00.
const DAYS_TO_THE_END = 12;
const SEND = 'form.raise button[name="do"][value="send"]';
const TITLE = "十三号楼一单元门口装一盏感应灯";

const NICKNAMES = { lan: "兰嫂子", chen: "程老师", fang: "方小妹", ma: "马大姐子", gao: "高婶子", wu: "吴老弟" };

export class Story {
  /// With more than one server on the database, people are spread over them.
  constructor(browser, database, { scripts = true, servers = 1 } = {}) {
    Object.assign(this, { browser, database, scripts });
    this.label = `${database.name}-${scripts ? "scripts" : "plain"}${servers > 1 ? `-${servers}` : ""}`.toLowerCase();
    this.people = {};
    const server = () => new Server({ database: database.url, args: ["--demo"], env: mailSettings() });
    this.servers = Array.from({ length: servers }, server);
    // What the ballot comes to.
    this.turnout = "4 户参加，3 户赞成";
    // Addresses of this run alone: all runs share one mail server.
    const mine = (name) => `${name}.${process.pid}.${this.label}@xiaoyuan.test`;
    this.mail = { lan: mine("lan"), wu: mine("wu") };
  }

  async begin() {
    await found(this.database.url);
    await this.start();
    for (const [at, name] of ["zhou", ...Object.keys(NICKNAMES), "visitor"].entries()) {
      const base = this.servers[at % this.servers.length].url;
      this.people[name] = { base, ...(await person(this.browser, { base, scripts: this.scripts })) };
    }
    await signIn(this.page("zhou"), "zhou", PASSWORD);
    this.codes = await setUpFactor(this.page("zhou"));
    for (const [name, nickname] of Object.entries(NICKNAMES)) {
      await tap(this.page(name), nickname);
      await agree(this.page(name));
    }
  }

  async start(more) {
    for (const server of this.servers) await server.start(more);
  }

  async stop() {
    const stopped = await Promise.allSettled(this.servers.map((server) => server.stop()));
    for (const { reason } of stopped) if (reason) throw reason;
  }

  async end() {
    try {
      for (const { context } of Object.values(this.people)) await context.close();
    } finally {
      await this.stop();
    }
  }

  page(name) {
    return this.people[name].page;
  }

  /// The matter's page, as somebody sees it.
  async look(name) {
    await open(this.page(name), `/proposals/${this.number}`);
    return this.page(name);
  }

  shot(name, step) {
    return shot(this.page(name), `story-${this.label}-${step}`);
  }

  /// 1. A resident writes a micro-proposal; the committee checks and publishes it.
  async raise() {
    const lan = this.page("lan");
    await open(lan, "/me");
    await lan.fill("#email", this.mail.lan);
    await lan.fill("#email-password", PASSWORD);
    await press(lan, lan.locator('form[action="/me/email"] button'));

    await open(lan, "/proposals/new");
    await fillIn(lan, "#title", "灯");
    await turnTo(lan, SEND);
    const again = await leads(lan, () => tapOn(lan.locator(SEND)));
    assert.equal(again.status(), 422, "a form that can't be taken comes back");
    assert.equal(await lan.inputValue("#title"), "灯", "with what was typed");
    await lan.locator(".error-summary a").first().waitFor();
    await this.shot("lan", "1-errors");

    await this.fillIn(lan, TITLE, "单元门口晚上漆黑，拐角有个井盖，前天有人崴了脚。", "门口墙上加一盏感应灯，夜里十点以后调暗，不照窗户。");
    this.number = await this.submit(lan);
    await says(lan, "等居委会看一下");

    const hidden = await this.page("visitor").goto(`/proposals/${this.number}`);
    assert.equal(hidden.status(), 404, "nobody else sees it before the first check");
    await act(this.page("zhou"), this.number, "publish");
    await says(await this.look("visitor"), TITLE);
    await says(this.page("visitor"), `第 ${this.number} 号`);
    await this.shot("visitor", "1-published");
  }

  async fillIn(page, title, situation, suggestion) {
    await fillIn(page, "#title", title);
    await fillIn(page, "#situation", situation);
    await fillIn(page, "#suggestion", suggestion);
    await turnTo(page, "#place");
    await page.locator("#place").selectOption({ label: "13号楼1单元" });
    await turnTo(page, "#category");
    await page.locator("#category").selectOption("lighting_roads");
    await choose(page, "scope", "entrance");
  }

  /// Sends a new matter, and gives its number. Where another one is like it, the form asks once whether it is meant.
  async submit(page) {
    await turnTo(page, SEND);
    const answer = await leads(page, () => tapOn(page.locator(SEND)));
    assert.ok(answer.ok(), `${answer.status()} ${page.url()}`);
    if (new URL(page.url()).pathname === "/proposals/new") {
      await turnTo(page, SEND);
      await press(page, page.locator(SEND));
    }
    return Number(new URL(page.url()).pathname.match(/^\/proposals\/(\d+)$/)[1]);
  }

  /// 3. What the committee sends back is mended; what isn't for this hall is shown its right way.
  async decline() {
    const [fang, zhou] = [this.page("fang"), this.page("zhou")];
    await open(fang, "/proposals/new");
    await this.fillIn(fang, "西门外路灯连坏三盏没人修", "西门外的路灯坏了三盏，晚上骑车看不见坑。", "请尽快把三盏路灯修好，再看看别的灯。");
    const number = await this.submit(fang);
    await act(zhou, number, "return", { reason: "请写清是哪三盏，灯杆上有编号。" });
    await open(fang, `/proposals/${number}`);
    await leads(fang, () => tapOn(fang.getByRole("link", { name: "去改一改" })));
    await says(fang, "灯杆上有编号");
    assert.equal(await fang.inputValue("#title"), "西门外路灯连坏三盏没人修");
    await fillIn(fang, "#situation", "西门外 12、13、14 号灯杆不亮，晚上骑车看不见坑。");
    await turnTo(fang, SEND);
    await press(fang, fang.locator(SEND));
    await act(zhou, number, "not_accept", { reason: "路灯归市里管，我们修不了，请打 12345。", route: "hotline_12345" });
    const visitor = this.page("visitor");
    await open(visitor, `/proposals/${number}`);
    for (const text of ["路灯归市里管", "不予受理"]) await says(visitor, text);
    await visitor.locator('a[href="tel:12345"]').waitFor();
  }

  /// 2. Neighbours co-sign, one a household; the threshold moves it on by itself.
  async cosign() {
    const wu = await this.look("wu");
    assert.equal(await wu.locator("form.cosign").count(), 0, "another entrance doesn't co-sign");
    // He follows it all the same.
    await open(wu, "/me");
    await wu.fill("#email", this.mail.wu);
    await wu.fill("#email-password", PASSWORD);
    await press(wu, wu.locator('form[action="/me/email"] button'));
    await this.look("wu");
    await press(wu, wu.locator(`form[action="/proposals/${this.number}/follow"] button`));

    for (const [name, count] of [["lan", 1], ["fang", 2], ["ma", 3]]) {
      const page = await this.look(name);
      await says(page, `已有 ${count - 1} 户附议，要 3 户`);
      await this.cosignOn(page);
    }
    await says(await this.look("visitor"), "等居委会答复");
    await this.shot("visitor", "2-accepted");
    const more = await this.post("gao", `/proposals/${this.number}/cosign`);
    assert.equal(more.status(), 409, "it takes no more co-signs");
  }

  async cosignOn(page) {
    const button = page.locator("form.cosign button");
    if (this.scripts) {
      await page.locator("html[data-alive]").waitFor();
      await tapOn(button);
      await page.locator("form.cosign .notice-ok").waitFor();
    } else {
      await press(page, button);
    }
  }

  /// A form that no page offers, sent as somebody.
  post(name, address, form = {}, base = this.people[name].base) {
    return this.page(name).request.post(base + address, { form, headers: { origin: base } });
  }

  /// 3 and 4. The committee puts it to the neighbours; they speak with a stance; the chair pins a summary.
  async deliberate() {
    await act(this.page("zhou"), this.number, "answer", { verdict: "deliberate", reason: "这件事有道理，请邻居们一起商量灯装在哪里。" });
    const fang = await this.look("fang");
    await this.say(fang, "for", "去年冬天我就在那里滑过一跤，装了灯大家都放心。");
    const ma = await this.look("ma");
    await this.say(ma, "question", "电费算谁的？亮一整夜会不会照到一楼？");
    const question = ma.locator("article.post", { hasText: "电费算谁的" });
    const lan = await this.look("lan");
    await leads(lan, () => tapOn(lan.locator(`#${new URL(ma.url()).hash.slice(1)}`).getByRole("link", { name: "回应" })));
    await this.say(lan, "addition", "是感应的，人走就灭，电费走公摊，一年不到十块钱。", lan.locator("#reply"));
    await says(await this.look("ma"), "一年不到十块钱");
    await question.locator("article.post-reply").waitFor();

    const chen = await this.look("chen");
    const pin = chen.locator("details", { has: chen.locator(`form[action="/proposals/${this.number}/summary"]`) });
    await unfold(pin);
    await pin.locator('[name="agreed"]').fill("都同意装灯。灯要感应的，照地不照窗，电费走公摊。");
    await press(chen, pin.locator("form button"));
    await says(await this.look("visitor"), "灯要感应的，照地不照窗");
    await this.shot("visitor", "4-talk");
  }

  /// Takes a stance and says why.
  async say(page, stance, text, within = page.locator(`form.talk-form`)) {
    await choose(within, "stance", stance);
    await within.locator("textarea").fill(text);
    await press(page, within.locator('button[type="submit"]'));
    await says(page, text);
  }

  /// 5. A ballot of the households: opened, voted on in secret, closed by the clock, published.
  async vote() {
    const zhou = this.page("zhou");
    await act(zhou, this.number, "ballot", { question: "同意在十三号楼一单元门口装感应灯，电费走公摊吗？" });
    this.ballot = Number(new URL(zhou.url()).pathname.match(/^\/ballots\/(\d+)$/)[1]);
    const address = `/ballots/${this.ballot}`;

    await open(this.page("visitor"), address);
    for (const text of ["共 5 户", "至少 3 户", "居民委员会组织法"]) await says(this.page("visitor"), text);
    await open(this.page("wu"), address);
    assert.equal(await this.page("wu").locator('input[name="choice"]').count(), 0, "another entrance has no vote");

    const before = await this.seen();
    for (const [name, choice] of [["lan", "yes"], ["fang", "no"], ["ma", "yes"], ["chen", "yes"]]) {
      const page = this.page(name);
      await open(page, address);
      await choose(page, "choice", choice);
      await press(page, "投出这一票");
      const tracker = await page.locator("#tracker").innerText();
      assert.match(tracker, /^[0-9a-f -]{32,}$/i, "the voter is shown a tracker");
      if (name === "lan") {
        this.tracker = tracker;
        await this.shot("lan", "5-receipt");
      }
    }
    assert.equal(await this.seen(), before, "nobody sees a running tally");
    assert.equal((await this.result()).status, 404, "there is no result yet");
    const twice = await this.post("chen", `${address}/votes`, { choice: "no" });
    assert.equal(twice.status(), 409, "a vote is cast once");
    await open(this.page("lan"), address);
    await says(this.page("lan"), "这一票已经投好了");
    assert.ok(!(await words(this.page("lan"))).includes(this.tracker), "the tracker is shown once");
  }

  /// The ballot's page and the matter's act as a visitor reads them, less what the clock changes.
  async seen() {
    const page = this.page("visitor");
    await open(page, `/ballots/${this.ballot}`);
    const ballot = await words(page);
    await this.look("visitor");
    const matter = await page.locator(".matter-act").innerText();
    return `${ballot}\n${matter}`.replace(/\d+ (天|小时|分钟)/g, "…");
  }

  result(server = this.servers[0]) {
    return fetch(`${server.url}/ballots/${this.ballot}/result.json`);
  }

  /// The time passes; the server counts, and anyone counts again.
  async count() {
    await this.stop();
    await this.start(["--days-ahead", String(DAYS_TO_THE_END)]);
    const visitor = this.page("visitor");
    await until("the ballot is counted", async () => {
      await open(visitor, `/ballots/${this.ballot}`);
      return (await words(visitor)).includes("通过了");
    });
    for (const text of [this.turnout, "居民委员会组织法", "公示"]) await says(visitor, text);
    await this.shot("visitor", "5-result");
    await visitor.fill("#tracker", this.tracker);
    await leads(visitor, () => tapOn(visitor.getByRole("button", { name: "找我的票" })));
    await says(visitor, "这张票写的是“赞成”");

    const published = await (await this.result()).text();
    const file = path.join(os.tmpdir(), `result-${process.pid}-${this.label}.json`);
    await writeFile(file, published);
    await must(["verify", file]);
    const result = JSON.parse(published);
    const paper = result.papers.find((it) => JSON.stringify(it.choice) === '"no"');
    assert.ok(paper, "the one vote against is among the papers");
    paper.choice = "yes";
    await writeFile(file, JSON.stringify(result));
    const tampered = await command(["verify", file]);
    assert.equal(tampered.status, 1, `a changed paper is found: ${tampered.out}${tampered.err}`);
  }

  /// 6. The work: referred, under way, on hold, taken up again, done.
  async work() {
    const zhou = this.page("zhou");
    // Whoever sees the desk is signed out after half an hour, and twelve days went by.
    await signIn(zhou, "zhou", PASSWORD);
    await showFactor(zhou, this.codes.pop());
    const n = this.number;
    await act(zhou, n, "refer", { route: "property_party", receiver: "北柳小区物业", reason: "物业有电工，线从门厅接最近。" });
    await says(await this.look("visitor"), "北柳小区物业");
    await act(zhou, n, "note", { note: "灯买好了，等电工周四上门。" });
    const day = new Date(Date.now() + (DAYS_TO_THE_END + 20) * 86_400_000).toISOString().slice(0, 10);
    await act(zhou, n, "suspend", { review_on: day, reason: "电工休假，回来再装，先挂账。" });
    await says(await this.look("visitor"), "挂账");
    await act(zhou, n, "resume", { reason: "电工提前回来了，接着装。" });
    await act(zhou, n, "complete", { note: "感应灯装好了，试了三个晚上都亮。" });
    await says(await this.look("visitor"), "办好了，请评价");
  }

  /// 7. The proposer and the co-signers review; one who isn't satisfied is followed up.
  async review() {
    const review = async (name, solved, satisfaction, text) => {
      const page = await this.look(name);
      const form = page.locator(`form[action="/proposals/${this.number}/reviews"]`);
      await choose(form, "solved", solved);
      await choose(form, "satisfaction", satisfaction);
      await form.locator("textarea").fill(text);
      await press(page, form.locator("button"));
    };
    await review("lan", "yes", "satisfied", "晚上回来看得清台阶了，谢谢师傅。");
    await review("fang", "no", "dissatisfied", "灯太靠里，拐角那个井盖还是照不到。");
    const wu = await this.look("wu");
    assert.equal(await wu.locator('form[action$="/reviews"]').count(), 0, "who didn't ask doesn't review");

    const zhou = this.page("zhou");
    await open(zhou, `/desk/${this.number}`);
    const followUp = zhou.locator("details", { has: zhou.locator('form[action^="/desk/follow-ups/"]') });
    await followUp.locator("textarea").fill("上门看过了，灯头转了个角度，井盖照得到了。");
    await press(zhou, followUp.locator("form button"));
    const visitor = await this.look("visitor");
    await says(visitor, "拐角那个井盖还是照不到");
    await says(visitor, "井盖照得到了");
    await this.shot("visitor", "7-reviewed");
  }

  /// 8. The timeline shows every step, by whom in what role.
  async timeline() {
    const items = (await this.look("visitor")).locator(".timeline-item");
    const lines = await items.allInnerTexts();
    const expected = [
      ["提出", "兰嫂子"],
      ["公开，请邻居附议", "居委会主任 · 周书香"],
      ["受理，等居委会答复", "附议够了，系统记录"],
      ["交给邻居们商量", "居委会主任 · 周书香"],
      ["主持人写了小结", "议事员 · 程老师"],
      ["开始投票", "居委会主任 · 周书香"],
      ["决定：采纳", "到时间，系统记录"],
      ["转给北柳小区物业办理", "居委会主任 · 周书香"],
      ["办理进展", "居委会主任 · 周书香"],
      ["挂账，先放一放", "居委会主任 · 周书香"],
      ["接着办", "居委会主任 · 周书香"],
      ["办好了", "居委会主任 · 周书香"],
      ["有邻居不满意", "邻居，不写名字"],
      ["回访了不满意的邻居", "居委会主任 · 周书香"],
      ["评价截止", ""],
    ];
    for (const [at, [step, who]] of expected.entries()) {
      const line = lines[at] ?? "";
      assert.ok(line.includes(step) && line.includes(who), `step ${at}: “${step}” by “${who}” expected, got “${line}”`);
    }
    assert.equal(lines.length, expected.length);
  }

  /// 8. Those who follow get mails. Opening the stop link changes nothing; one POST stops them.
  async mails() {
    for (const news of ["请大家来议", "讨论有了小结", "开始投票了", "办好了，请您评价"]) {
      for (const address of Object.values(this.mail)) await mailTo(address, news);
    }
    this.told = 1;
    const mail = await mailTo(this.mail.wu, "开始投票了");
    assert.ok(!/吴|wu/i.test(mail.headers.subject), "no person in a subject");
    assert.equal(mail.headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    const [, link] = mail.headers["list-unsubscribe"].match(/<(http[^>]+)>/);

    const visitor = this.page("visitor");
    const opened = await visitor.goto(link);
    assert.equal(opened.status(), 200);
    await visitor.getByRole("button", { name: "不再收这件事的信" }).waitFor();
    // The next news still comes: the link alone stopped nothing.
    await this.news("先说说灯下一步怎么调。");
    await this.gets("wu", 1);

    const stopped = await fetch(link, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
    });
    assert.equal(stopped.status, 200, "mail programs post without a cookie or an Origin");
    await this.news("灯的角度又调了一次，都能照到了。");
    await this.gets("lan", 2);
    assert.equal((await this.summaries("wu")).length, 1, "no mail after the stop");
  }

  /// Nothing in all this was written past the audit chain, and no page complained.
  async clean() {
    const said = await must(["audit", "verify", "--database", this.database.url]);
    assert.match(said, /^whole: \d+ entries/);
    for (const [name, { complaints }] of Object.entries(this.people)) assert.deepEqual(complaints, [], name);
  }

  /// A summary by the chair is news while the forum is open.
  async news(text) {
    const chen = await this.look("chen");
    const pin = chen.locator("details", { has: chen.locator(`form[action="/proposals/${this.number}/summary"]`) });
    await unfold(pin);
    await pin.locator('[name="agreed"]').fill(text);
    await press(chen, pin.locator("form button"));
  }

  async summaries(name) {
    const mails = await mailsTo(this.mail[name]);
    return mails.filter((mail) => mail.headers.subject.includes("讨论有了小结")).slice(this.told);
  }

  gets(name, count) {
    return until(`${name} gets ${count} mails about the summary`, async () => (await this.summaries(name)).length >= count);
  }
}
