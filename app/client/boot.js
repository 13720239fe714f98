// Wakes the islands of a page: what is alive in it. A page without islands loads nothing more.
//
// Loaded as <script type="module" src=… data-client="…" data-wasm="…" data-forms="…" data-forms-wasm="…">, where the
// data name the browser's half twice: the everyday one, and the larger one that knows the islands of forms as well. A
// page with an island that only the larger one knows loads that one alone; unless it lies under [data-later], where it
// waits until its form is touched. When all others are awake, <html> carries data-alive.
const tag = document.querySelector("script[data-client]");
const islands = [...document.getElementsByTagName("leptos-island")];

async function ready(half, wasm) {
  await half.default({ module_or_path: wasm });
  half.hydrate();
  return half;
}

let larger;
function withForms() {
  if (!larger) larger = import(tag.dataset.forms).then((half) => ready(half, tag.dataset.formsWasm));
  return larger;
}

// In document order, so that an island is awake before one inside it.
async function rouse(half, some) {
  for (const island of some) {
    const name = island.dataset.component;
    if (half[name]) await half[name](island);
    else console.warn(`No island ${name} in the browser's half: page and script are of different builds.`);
  }
}

function stays(error) {
  console.warn("The page stays as it is:", error);
}

// What is typed and chosen before they are awake is still there when they are.
function waitForTouch(form, some) {
  const touches = ["pointerdown", "focusin", "change"];
  const touched = () => {
    for (const touch of touches) form.removeEventListener(touch, touched);
    withForms().then((half) => rouse(half, some)).catch(stays);
  };
  for (const touch of touches) form.addEventListener(touch, touched);
}

async function wake() {
  const everyday = await import(tag.dataset.client);
  const strange = islands.filter((island) => everyday[island.dataset.component] === undefined);
  if (strange.some((island) => !island.closest("[data-later]"))) {
    await rouse(await withForms(), islands);
  } else {
    await rouse(await ready(everyday, tag.dataset.wasm), islands.filter((island) => !strange.includes(island)));
    for (const form of new Set(strange.map((island) => island.closest("form")))) {
      waitForTouch(form, strange.filter((island) => island.closest("form") === form));
    }
  }
  document.documentElement.dataset.alive = "";
}

if (tag && islands.length > 0) {
  // Forms work without it, so it can wait until the page is there and quiet.
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 1));
  idle(() => wake().catch(stays), { timeout: 2000 });
}
