// What a page must be on every screen, as a browser measures it.

import { AxeBuilder } from "@axe-core/playwright";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Faults in accessibility that a program can find, each as one line; `only` names the rules, all of WCAG 2.2 A and
/// AA without it. It runs in the page, so that it finds nothing where scripts are off: the same markup is judged where
/// they are on.
export async function accessibility(page, only) {
  if (page.scripted === false) return [];
  // Its usual way opens one more window a page, for frames; there are none here.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (only ? axe.withRules(only) : axe.withTags(RULES)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target} ${node.html.slice(0, 160)} ${why(node)}`),
  );
}

const why = (node) => node.any.concat(node.all, node.none).map((it) => it.message).join("; ");

/// What stands beyond the right edge of the screen.
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((it) => it.getBoundingClientRect().right > width + 0.5);
    return wide.slice(0, 5).map((it) => `wider than the screen: ${it.outerHTML.slice(0, 120)}`);
  });
}

/// Controls that a thumb could miss: smaller than `least` pixels either way. A link in a sentence may be as the
/// sentence is (WCAG 2.5.8), and an input counts with its label.
export function smallTargets(page, least) {
  return page.evaluate((least) => {
    const shown = (it) => it.checkVisibility({ visibilityProperty: true }) && it.getBoundingClientRect().width > 1;
    const inSentence = (it) => it.tagName === "A" && getComputedStyle(it).display === "inline";
    const box = (it) => {
      // A link stretched over its row is as large as the row.
      const stretched = getComputedStyle(it, "::after").position === "absolute" && getComputedStyle(it, "::after").content !== "none";
      if (stretched && it.offsetParent) return it.offsetParent.getBoundingClientRect();
      const own = it.getBoundingClientRect();
      const all = [own, ...[...(it.labels ?? [])].filter(shown).map((label) => label.getBoundingClientRect())];
      const side = (name, pick) => pick(...all.map((rect) => rect[name]));
      return { width: side("right", Math.max) - side("left", Math.min), height: side("bottom", Math.max) - side("top", Math.min) };
    };
    const controls = document.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary');
    return [...controls]
      .filter((it) => shown(it) && !inSentence(it) && !it.classList.contains("skip"))
      .map((it) => [it, box(it)])
      .filter(([, { width, height }]) => width < least - 0.5 || height < least - 0.5)
      .map(([it, { width, height }]) => `${Math.round(width)} × ${Math.round(height)}, not ${least}: ${it.outerHTML.slice(0, 140)}`);
  }, least);
}
