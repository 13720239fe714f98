// The mails that the SMTP server of the tests took.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { until } from "./wait.mjs";

/// Every mail to `address` so far: `{ headers, body }`, header names in lower case.
export async function mailsTo(address) {
  const folder = process.env.XIAOYUAN_TEST_MAILDIR;
  if (!folder) throw new Error("XIAOYUAN_TEST_MAILDIR is not set: run through scripts/with-services.sh");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".eml")).sort();
  const mails = await Promise.all(names.map(async (name) => read(await readFile(path.join(folder, name), "utf8"))));
  return mails.filter((mail) => mail.headers["x-envelope-to"] === address);
}

/// Waits for a mail to `address` whose subject holds `word`.
export function mailTo(address, word) {
  return until(
    `a mail to ${address} about ${word}`,
    async () => (await mailsTo(address)).find((mail) => mail.headers.subject.includes(word)),
    30_000,
  );
}

function read(text) {
  const [, head, body] = text.match(/^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/);
  const headers = {};
  // A long header goes on in lines that begin with a space (RFC 5322, 2.2.3).
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const [, name, value] = line.match(/^([^:]+):\s*(.*)$/) ?? [];
    if (name) headers[name.toLowerCase()] = decoded(value);
  }
  return { headers, body };
}

/// Encoded words (RFC 2047).
function decoded(value) {
  return value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/(?:=\?utf-8\?[bq]\?[^?]*\?=)+/gi, (run) => {
      const words = [...run.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)];
      return Buffer.concat(words.map(([, way, word]) => (way.toLowerCase() === "b" ? base64(word) : quoted(word)))).toString();
    });
}

const base64 = (word) => Buffer.from(word, "base64");
const quoted = (word) =>
  Buffer.from(word.replaceAll("_", " ").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
