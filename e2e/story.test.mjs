// The whole story of a matter, in a real browser on a phone's screen: on both databases, with scripts and without.

import { after, before, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { freshDatabase } from "./lib/database.mjs";
import { STEPS, tell } from "./lib/steps.mjs";
import { Story } from "./lib/story.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const kind of ["SQLite", "PostgreSQL"]) {
  for (const scripts of [true, false]) {
    test(`the story on ${kind}, ${scripts ? "with" : "without"} scripts`, async (t) => {
      const database = await freshDatabase(kind);
      const story = new Story(browser, database, { scripts });
      try {
        await story.begin();
        await tell(t, STEPS.map(([what, step]) => [what, () => step(story)]));
      } finally {
        await story.end().finally(() => database.drop());
      }
    });
  }
}
