// The shipped program, started as people start it.

import { execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { until } from "./wait.mjs";

export const BIN = process.env.XIAOYUAN_BIN;
if (!BIN) throw new Error("XIAOYUAN_BIN is not set: run through scripts/e2e.sh");

/// Settings of the surroundings must not reach the program under test.
function environment(extra = {}) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("XIAOYUAN_"));
  return { ...Object.fromEntries(clean), ...extra };
}

/// Where mails go: the SMTP server of the tests.
export function mailSettings() {
  const at = process.env.XIAOYUAN_TEST_SMTP;
  if (!at) throw new Error("XIAOYUAN_TEST_SMTP is not set: run through `make test` or scripts/with-services.sh");
  const [host, port] = at.split(":");
  return {
    XIAOYUAN_MAIL_HOST: host,
    XIAOYUAN_MAIL_PORT: port,
    XIAOYUAN_MAIL_TLS: "none",
    XIAOYUAN_MAIL_FROM: "枣树湾 <hall@xiaoyuan.test>",
  };
}

/// Runs a command to its end: `{ status, out, err }`.
export function command(args, { input, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(BIN, args, { env: environment(env) }, (error, out, err) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ status: error ? error.code : 0, out, err });
    });
    if (input !== undefined) child.stdin.end(input);
  });
}

/// As `command`; fails when the program does.
export async function must(args, options) {
  const done = await command(args, options);
  if (done.status !== 0) throw new Error(`xiaoyuan ${args.join(" ")}: ${done.status}\n${done.err}${done.out}`);
  return done.out;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/// A server on a port of its own: start, stop, start again later.
export class Server {
  constructor({ database, args = [], env = {}, port }) {
    Object.assign(this, { database, args, env, port });
    this.log = "";
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /// Starts it and waits until it answers. `more` are further arguments of this start.
  async start(more = []) {
    this.port ??= await freePort();
    const args = ["serve", "--database", this.database, "--addr", `127.0.0.1:${this.port}`, ...this.args, ...more];
    this.child = spawn(BIN, args, { env: environment(this.env), stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.log += text));
    }
    this.ended = new Promise((resolve) => this.child.once("exit", (code, signal) => resolve(code ?? signal)));
    let ended;
    this.ended.then((how) => (ended = how));
    await until(
      "the server answers",
      async () => {
        if (ended !== undefined) throw new Error(`the server ended (${ended}):\n${this.log}`);
        const answer = await fetch(`${this.url}/healthz`).catch(() => null);
        return answer?.ok;
      },
      120_000,
    );
    return this;
  }

  /// Stops it as an operator does, and waits for its end.
  async stop() {
    if (!this.child) return;
    this.child.kill("SIGTERM");
    const how = await this.ended;
    this.child = undefined;
    if (how !== 0) throw new Error(`the server did not stop well (${how}):\n${this.log}`);
  }
}
