// Wakes the islands of a page: what is alive in it. A page without islands loads nothing more.
//
// Loaded as <script type="module" src=… data-client="…" data-wasm="…">, where the data name the browser's half.
// When all are awake, <html> carries data-alive.
const tag = document.querySelector("script[data-client]");
const islands = document.getElementsByTagName("leptos-island");

async function wake() {
  const client = await import(tag.dataset.client);
  await client.default({ module_or_path: tag.dataset.wasm });
  client.hydrate();
  // In document order, so that an island is awake before one inside it.
  for (const island of [...islands]) {
    const name = island.dataset.component;
    if (client[name]) await client[name](island);
    else console.warn(`No island ${name} in the browser's half: page and script are of different builds.`);
  }
  document.documentElement.dataset.alive = "";
}

if (tag && islands.length > 0) {
  // Forms work without it, so it can wait until the page is there and quiet.
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 1));
  idle(() => wake().catch((error) => console.warn("The page stays as it is:", error)), { timeout: 2000 });
}
