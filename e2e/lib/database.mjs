// Fresh databases: a SQLite file of its own, or a database of its own on the PostgreSQL of the tests.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
let made = 0;

/// `{ name, url, drop() }` of a new, empty database; `kind` is "SQLite" or "PostgreSQL".
export async function freshDatabase(kind) {
  return kind === "SQLite" ? sqlite() : postgres();
}

async function sqlite() {
  const folder = await mkdtemp(path.join(tmpdir(), "xiaoyuan-e2e-"));
  return {
    name: "SQLite",
    url: `sqlite://${folder}/hall.sqlite3?mode=rwc`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function postgres() {
  const admin = process.env.XIAOYUAN_TEST_POSTGRES;
  if (!admin) {
    throw new Error("XIAOYUAN_TEST_POSTGRES is not set: run through `make test` or scripts/with-services.sh");
  }
  const name = `e2e_${process.pid}_${Date.now()}_${++made}`;
  const ask = (sql) => run("psql", ["--no-psqlrc", "--quiet", "--command", sql, admin]);
  await ask(`CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    name: "PostgreSQL",
    url: url.href,
    drop: () => ask(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
